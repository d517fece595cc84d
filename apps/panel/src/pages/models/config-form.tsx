import { Button, TextField } from '@imperal/ui-kit'
import { useState } from 'react'
import { t } from '../../i18n/index.ts'
import { FailedAlert } from '../parts/failed-alert.tsx'
import { useForm } from '../parts/use-form.ts'
import { type ModelsChange, useChangeModels } from './queries.ts'

/** One value of the settings as a line of text; empty is as the environment or the default says. */
export interface ConfigField {
  readonly name: string
  readonly label: string
  readonly value: string
  readonly placeholder?: string
  readonly help?: string
  /** A whole number, a decimal one, or what nobody reads again. */
  readonly kind?: 'text' | 'whole' | 'decimal' | 'secret'
  /** Where the value stands in the change. */
  readonly place: (value: string | number | null) => ModelsChange
}

const parsed = (field: ConfigField, text: string): string | number | null => {
  if (text.trim() === '') return null
  return field.kind === 'whole' || field.kind === 'decimal' ? Number(text) : text.trim()
}

const wrong = (field: ConfigField, text: string): string | undefined => {
  if (text.trim() === '' || (field.kind !== 'whole' && field.kind !== 'decimal')) return undefined
  const number = Number(text)
  if (!Number.isFinite(number) || (field.kind === 'whole' && !Number.isInteger(number))) return t('Enter a number.')
  return undefined
}

type Tree = Readonly<Record<string, unknown>>
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Changes laid over one another, objects member by member. */
export function together(changes: readonly Tree[]): Tree {
  const all: Record<string, unknown> = {}
  for (const [name, value] of changes.flatMap((change) => Object.entries(change))) {
    const before = all[name]
    all[name] = isTree(value) && isTree(before) ? together([before, value]) : value
  }
  return all
}

/** Values of the settings in one form; only what was changed is sent. */
export function ConfigForm({
  fields,
  save: label,
}: {
  readonly fields: readonly ConfigField[]
  readonly save: string
}) {
  const save = useChangeModels()
  const [done, setDone] = useState(false)
  const initial = Object.fromEntries(fields.map((field) => [field.name, field.value]))
  const form = useForm<Record<string, string>>({
    initial,
    check: (values) => Object.fromEntries(fields.map((field) => [field.name, wrong(field, values[field.name] ?? '')])),
    send: async (values) => {
      const changed = fields.filter((field) => values[field.name] !== field.value)
      await save(
        together(changed.map((field) => field.place(parsed(field, values[field.name] ?? '')) as Tree)) as ModelsChange,
      )
      form.reset(values)
      setDone(true)
    },
  })
  return (
    <form {...form.form} className="pg-form">
      {fields.map((field) => (
        <TextField
          key={field.name}
          {...form.text(field.name)}
          type={field.kind === 'secret' ? 'password' : 'text'}
          label={field.label}
          description={field.help}
          placeholder={field.placeholder}
          inputMode={field.kind === 'whole' ? 'numeric' : field.kind === 'decimal' ? 'decimal' : undefined}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
        />
      ))}
      <FailedAlert failure={form.failure} />
      <div className="pg-actions">
        <Button
          type="submit"
          variant="primary"
          disabled={!form.changed}
          pending={form.pending}
          pendingLabel={t('Saving')}
        >
          {label}
        </Button>
        <span role="status" className="pg-help">
          {done && !form.changed ? t('Saved. Every process follows within seconds.') : null}
        </span>
      </div>
    </form>
  )
}

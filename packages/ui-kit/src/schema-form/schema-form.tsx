import type { JsonObject } from '@imperal/contract'
import { type ReactNode, useMemo, useRef, useState } from 'react'
import type { ActionFailure } from '../host/ui-host.ts'
import { Button } from '../parts/button.tsx'
import { InlineError } from '../parts/states.tsx'
import { say } from '../words.ts'
import { type FieldChoices, schemaFields, withChoices } from './fields.ts'
import { SchemaInput } from './schema-field.tsx'
import { type Drafts, fieldKey, readDrafts, startDrafts } from './values.ts'

export interface SchemaFormProps {
  /** JSON Schema of an object. Anything unusual in it becomes a JSON field. */
  readonly schema: unknown
  readonly initial?: Readonly<JsonObject>
  /** Known from the first drawing on. */
  readonly choices?: FieldChoices
  readonly submitLabel?: string
  readonly pendingLabel?: string
  readonly danger?: boolean
  /** Shows optional inputs at once too. */
  readonly unfolded?: boolean
  readonly onCancel?: (() => void) | undefined
  /** Stands at the far right of the foot, such as the price. */
  readonly footer?: ReactNode
  /** Sends the values; an answer with a message is shown as the failure. */
  readonly onSubmit: (
    values: JsonObject,
  ) => Promise<ActionFailure | undefined> | ActionFailure | undefined | Promise<void> | void
}

const NO_CHOICES: FieldChoices = {}

/** A form made from a schema: required inputs first, the others behind "More options". */
export function SchemaForm({
  schema,
  initial = {},
  choices = NO_CHOICES,
  submitLabel = say('Run'),
  pendingLabel = say('Sending'),
  danger = false,
  unfolded = false,
  onCancel,
  footer,
  onSubmit,
}: SchemaFormProps) {
  const fields = useMemo(() => withChoices(schemaFields(schema), choices), [schema, choices])
  const [drafts, setDrafts] = useState<Drafts>(() => startDrafts(fields, initial))
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({})
  const [failure, setFailure] = useState('')
  const [pending, setPending] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const needed = fields.filter((field) => field.required)
  const optional = fields.filter((field) => !field.required)
  const folds = !unfolded && needed.length > 0 && optional.length > 0
  const given = optional.some((field) => initial[field.path[0] ?? ''] !== undefined)
  const [more, setMore] = useState(given)
  const show = (messages: Readonly<Record<string, string>>) => {
    setErrors(messages)
    const first = Object.keys(messages)[0]
    if (first === undefined) return
    if (optional.some((field) => first.startsWith(fieldKey(field)))) setMore(true)
    requestAnimationFrame(() =>
      form.current
        ?.querySelector<HTMLElement>(`[data-field="${CSS.escape(first)}"] :is(input, select, textarea, button)`)
        ?.focus(),
    )
  }
  const submit = async () => {
    const read = readDrafts(fields, drafts)
    setFailure('')
    show(read.errors)
    if (Object.keys(read.errors).length > 0 || pending) return
    setPending(true)
    try {
      const answer = await onSubmit(read.values)
      if (!answer) return
      setFailure(answer.message)
      show(answer.fieldErrors ?? {})
    } catch (cause) {
      setFailure(cause instanceof Error && cause.message !== '' ? cause.message : say('The platform did not answer.'))
    } finally {
      setPending(false)
    }
  }
  const input = (field: (typeof fields)[number]) => (
    <SchemaInput
      key={fieldKey(field)}
      field={field}
      drafts={drafts}
      errors={errors}
      onDraft={(key, draft) => setDrafts((current) => ({ ...current, [key]: draft }))}
    />
  )
  return (
    <form
      ref={form}
      className="im-form"
      noValidate
      aria-busy={pending || undefined}
      onSubmit={(event) => {
        event.preventDefault()
        event.stopPropagation()
        void submit()
      }}
    >
      {needed.map(input)}
      {folds && !more ? (
        <Button variant="ghost" size="sm" icon="ChevronRight" aria-expanded={false} onClick={() => setMore(true)}>
          {say('More options')}
        </Button>
      ) : (
        optional.map(input)
      )}
      {failure ? <InlineError>{failure}</InlineError> : null}
      <div className="im-form-foot">
        <Button type="submit" variant={danger ? 'danger' : 'primary'} pending={pending} pendingLabel={pendingLabel}>
          {submitLabel}
        </Button>
        {onCancel ? (
          <Button variant="ghost" onClick={onCancel}>
            {say('Cancel')}
          </Button>
        ) : null}
        {footer ? <span className="im-form-note">{footer}</span> : null}
      </div>
    </form>
  )
}

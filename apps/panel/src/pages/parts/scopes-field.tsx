import { normalizeScope, scopes } from '@imperal/contract'
import { MultiChoiceField } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { api } from '../../data/api.ts'
import { useApps } from '../../data/apps.ts'
import { t } from '../../i18n/index.ts'
import { scopeWord } from './server-words.ts'

const SHAPE = /^[a-z0-9][a-z0-9_-]*:(?:\*|[a-z0-9][a-z0-9_-]*)$/

/** A scope as people may type it, in its one spelling; null when it is none. */
export function typedScope(text: string): string | null {
  const scope = normalizeScope(text)
  return scope === '*' || SHAPE.test(scope) ? scope : null
}

const WAYS: readonly (readonly [action: string, sentence: (app: string) => string])[] = [
  ['read', (app) => t('Call what reads in {app}', { app })],
  ['write', (app) => t('Call what writes in {app}', { app })],
  ['destructive', (app) => t('Call what cannot be undone in {app}', { app })],
  ['*', (app) => t('Call every function of {app}', { app })],
]

/** What a role, a person or a key may do: chosen from what the server knows, or typed. */
export function ScopesField({
  label,
  description,
  error,
  required,
  values,
  onValues,
}: {
  readonly label: string
  readonly description?: string
  readonly error?: string | undefined
  readonly required?: boolean
  readonly values: readonly string[]
  readonly onValues: (values: string[]) => void
}) {
  const known = useQuery({ queryKey: ['scopes'], queryFn: () => api.send(scopes.list, { query: {} }) })
  const ofApps = useApps().flatMap(({ appId, name }) =>
    WAYS.map(([action, say]) => ({ value: `${appId}:${action}`, label: `${appId}:${action}`, description: say(name) })),
  )
  const words = new Map(ofApps.map(({ value, description }) => [value, description]))
  const ofServer = (known.data ?? []).map(({ name, description, display_name }) => ({
    value: name,
    label: name,
    description: scopeWord(name) ?? words.get(name) ?? (description || display_name),
  }))
  const listed = new Set(ofServer.map(({ value }) => value))
  return (
    <MultiChoiceField
      label={label}
      description={
        description ?? t('Choose from the list, or write one: app, colon, then read, write, destructive or *.')
      }
      error={error}
      required={required}
      options={[...ofServer, ...ofApps.filter(({ value }) => !listed.has(value))]}
      values={values}
      onValues={onValues}
      fromText={typedScope}
    />
  )
}

import { TextField } from '@imperal/ui-kit'

/** A key that can be given and never be read. */
export function ModelKeyField({
  kept,
  optional,
  ...field
}: {
  /** A stored key stays unless a new one is typed. */
  readonly kept: boolean
  readonly optional: boolean
  readonly name: string
  readonly value: string
  readonly error: string | undefined
  readonly onValue: (value: string) => void
}) {
  const words = kept
    ? 'A key is stored. Leave this empty to keep it.'
    : optional
      ? 'Only if the server asks for one. It is stored encrypted and never shown again.'
      : 'Stored encrypted and never shown again.'
  return (
    <TextField
      {...field}
      label="API key"
      type="password"
      required={!kept && !optional}
      placeholder={kept ? '••••••••••••' : ''}
      description={words}
      autoComplete="new-password"
      spellCheck={false}
      data-1p-ignore
      data-lpignore="true"
    />
  )
}

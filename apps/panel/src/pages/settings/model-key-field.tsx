import { TextField } from '@imperal/ui-kit'
import { t } from '../../i18n/index.ts'

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
    ? t('A key is stored. Leave this empty to keep it.')
    : optional
      ? t('Only if the server asks for one. It is stored encrypted and never shown again.')
      : t('Stored encrypted and never shown again.')
  return (
    <TextField
      {...field}
      label={t('API key')}
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

import { FieldFrame, IconButton } from '@imperal/ui-kit'
import { useState } from 'react'
import { t } from '../../i18n/index.ts'

/** A password with an eye to read it by. `kind` tells password managers what it is for. */
export function PasswordField({
  label,
  kind,
  description,
  ...field
}: {
  readonly label: string
  readonly kind: 'current-password' | 'new-password'
  readonly description?: string
  readonly name: string
  readonly value: string
  readonly error: string | undefined
  readonly onValue: (value: string) => void
  readonly autoFocus?: boolean
}) {
  const [shown, setShown] = useState(false)
  const { name, value, error, onValue, autoFocus } = field
  return (
    <FieldFrame label={label} description={description} error={error} required name={name}>
      {(control) => (
        <div className="im-input-box pg-password">
          <input
            {...control}
            // biome-ignore lint/a11y/noAutofocus: the only thing to do on the pages that ask for it
            autoFocus={autoFocus}
            className="im-input"
            type={shown ? 'text' : 'password'}
            name={name}
            autoComplete={kind}
            autoCapitalize="none"
            spellCheck={false}
            required
            value={value}
            onChange={(event) => onValue(event.target.value)}
          />
          <IconButton
            icon={shown ? 'EyeOff' : 'Eye'}
            label={shown ? t('Hide the password') : t('Show the password')}
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
          />
        </div>
      )}
    </FieldFrame>
  )
}

import { auth } from '@imperal/contract'
import { Alert, Button } from '@imperal/ui-kit'
import { useState } from 'react'
import { api } from '../../data/api.ts'
import { t } from '../../i18n/index.ts'
import { FailedAlert } from '../parts/failed-alert.tsx'
import { PasswordField } from '../parts/password-field.tsx'
import { Section } from '../parts/section.tsx'
import { useForm } from '../parts/use-form.ts'

const SHORTEST_PASSWORD = 8
const EMPTY = { current_password: '', new_password: '' }

/** Changes the password of the account. */
export function PasswordForm({ email }: { readonly email: string }) {
  const [done, setDone] = useState(false)
  const form = useForm({
    initial: EMPTY,
    check: ({ current_password, new_password }) => ({
      current_password: current_password === '' ? t('Enter the current password.') : undefined,
      new_password:
        new_password.length < SHORTEST_PASSWORD
          ? t('Use at least {count} characters.', { count: SHORTEST_PASSWORD })
          : undefined,
    }),
    blame: ({ status, message }) =>
      status !== 400 ? null : message.startsWith('The current') ? 'current_password' : 'new_password',
    send: async (values) => {
      setDone(false)
      await api.send(auth.changePassword, { body: values })
      form.reset(EMPTY)
      setDone(true)
    },
  })
  return (
    <Section title={t('Password')} lead={t('Changing it signs out every other device.')}>
      <form {...form.form} className="pg-form">
        {/* Password managers need to know whose password this is. */}
        <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
        <PasswordField {...form.text('current_password')} label={t('Current password')} kind="current-password" />
        <PasswordField
          {...form.text('new_password')}
          label={t('New password')}
          kind="new-password"
          description={t('At least {count} characters.', { count: SHORTEST_PASSWORD })}
        />
        <FailedAlert failure={form.failure} />
        {done ? (
          <Alert variant="success">{t('The password is changed. Every other device was signed out.')}</Alert>
        ) : null}
        <div>
          <Button type="submit" pending={form.pending} pendingLabel={t('Changing')}>
            {t('Change password')}
          </Button>
        </div>
      </form>
    </Section>
  )
}

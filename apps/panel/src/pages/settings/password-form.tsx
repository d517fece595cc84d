import { auth } from '@imperal/contract'
import { Alert, Button } from '@imperal/ui-kit'
import { useState } from 'react'
import { api } from '../../data/api.ts'
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
      current_password: current_password === '' ? 'Enter the current password.' : undefined,
      new_password:
        new_password.length < SHORTEST_PASSWORD ? `Use at least ${SHORTEST_PASSWORD} characters.` : undefined,
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
    <Section title="Password" lead="Changing it signs out every other device.">
      <form {...form.form} className="pg-form">
        {/* Password managers need to know whose password this is. */}
        <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
        <PasswordField {...form.text('current_password')} label="Current password" kind="current-password" />
        <PasswordField
          {...form.text('new_password')}
          label="New password"
          kind="new-password"
          description={`At least ${SHORTEST_PASSWORD} characters.`}
        />
        <FailedAlert failure={form.failure} />
        {done ? <Alert variant="success">The password is changed. Every other device was signed out.</Alert> : null}
        <div>
          <Button type="submit" pending={form.pending} pendingLabel="Changing">
            Change password
          </Button>
        </div>
      </form>
    </Section>
  )
}

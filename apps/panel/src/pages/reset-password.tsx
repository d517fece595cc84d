import './pages.css'
import { auth } from '@imperal/contract'
import { Button, TextField } from '@imperal/ui-kit'
import { useState } from 'react'
import { AuthFrame } from '../components/auth-frame.tsx'
import { publicApi } from '../data/api.ts'
import { endSession } from '../data/session.ts'
import { t } from '../i18n/index.ts'
import { SignInLink } from './auth/check-mail.tsx'
import { useHeadingFocus } from './auth/use-heading-focus.ts'
import { useAddressQuery, useGo } from './parts/address.ts'
import { FailedAlert } from './parts/failed-alert.tsx'
import { PageLink } from './parts/page-link.tsx'
import { PasswordField } from './parts/password-field.tsx'
import { useForm } from './parts/use-form.ts'

const SHORTEST_PASSWORD = 8

/** Where the link of the reset mail leads. */
export function ResetPasswordPage() {
  const [done, setDone] = useState(false)
  return done ? <PasswordSet /> : <NewPassword onDone={() => setDone(true)} />
}

function NewPassword({ onDone }: { readonly onDone: () => void }) {
  const [query] = useAddressQuery()
  const given = query.get('token') ?? ''
  const form = useForm({
    initial: { token: given, new_password: '' },
    check: ({ token, new_password }) => ({
      token: token.trim() === '' ? t('Enter the code of the mail.') : undefined,
      new_password:
        new_password.length < SHORTEST_PASSWORD
          ? t('Use at least {count} characters.', { count: SHORTEST_PASSWORD })
          : undefined,
    }),
    send: async ({ token, new_password }) => {
      await publicApi.send(auth.resetPassword, { body: { token: token.trim(), new_password } })
      endSession() // it ended on the server as well
      onDone()
    },
  })
  const stale = form.failure?.status === 400
  return (
    <AuthFrame
      title={t('Set a new password')}
      lead={t('Every device that is signed in will be signed out.')}
      footer={<SignInLink>{t('Back to sign-in')}</SignInLink>}
    >
      <form {...form.form} className="pg-form">
        {given === '' ? (
          <TextField
            {...form.text('token')}
            label={t('Code from the mail')}
            autoComplete="one-time-code"
            autoFocus
            required
          />
        ) : null}
        <PasswordField
          {...form.text('new_password')}
          label={t('New password')}
          kind="new-password"
          description={t('At least {count} characters.', { count: SHORTEST_PASSWORD })}
          autoFocus={given !== ''}
        />
        <FailedAlert failure={form.failure} />
        {stale ? <PageLink href="/forgot-password">{t('Send a new mail')}</PageLink> : null}
        <Button type="submit" variant="primary" size="lg" fullWidth pending={form.pending} pendingLabel={t('Setting')}>
          {t('Set password')}
        </Button>
      </form>
    </AuthFrame>
  )
}

function PasswordSet() {
  const go = useGo()
  useHeadingFocus()
  return (
    <AuthFrame title={t('The password is set')} lead={t('Every device was signed out. Sign in with the new password.')}>
      <Button variant="primary" size="lg" fullWidth onClick={() => go('/sign-in', { replace: true })}>
        {t('Sign in')}
      </Button>
    </AuthFrame>
  )
}

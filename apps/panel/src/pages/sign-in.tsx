import './pages.css'
import { auth } from '@imperal/contract'
import { Button, TextField } from '@imperal/ui-kit'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { AuthFrame } from '../components/auth-frame.tsx'
import { publicApi } from '../data/api.ts'
import { currentSession } from '../data/session.ts'
import { t } from '../i18n/index.ts'
import { beginSession } from './auth/begin-session.ts'
import { ExternalSignIn } from './auth/external-sign-in.tsx'
import { ResendButton } from './auth/resend-mail.tsx'
import { safePath, useAddressQuery, useGo } from './parts/address.ts'
import { emailProblem } from './parts/email.ts'
import { FailedAlert } from './parts/failed-alert.tsx'
import { PageLink } from './parts/page-link.tsx'
import { PasswordField } from './parts/password-field.tsx'
import { useForm } from './parts/use-form.ts'

/** The way in. Whoever was sent here from another page returns there. */
export function SignInPage() {
  const [query] = useAddressQuery()
  const go = useGo()
  const client = useQueryClient()
  // Read once: while the next page loads, this one still stands and its address is already that of the next.
  const [next] = useState(() => safePath(query.get('next')))
  useEffect(() => {
    if (currentSession() !== null) go(next, { replace: true })
  }, [go, next])

  const form = useForm({
    initial: { email: query.get('email') ?? '', password: '' },
    check: ({ email, password }) => ({
      email: emailProblem(email),
      password: password === '' ? t('Enter your password.') : undefined,
    }),
    send: async ({ email, password }) => {
      const tokens = await publicApi.send(auth.login, { body: { email: email.trim(), password } })
      beginSession(client, tokens)
      go(next, { replace: true })
    },
  })
  const unverified = form.failure?.code === 'email_not_verified'
  const email = form.values.email.trim()

  return (
    <AuthFrame
      title={t('Sign in')}
      lead={next.startsWith('/device') ? t('Sign in to approve your device.') : undefined}
      footer={
        <>
          {t('No account yet?')} <PageLink href={withNext('/sign-up', query)}>{t('Create an account')}</PageLink>
        </>
      }
    >
      <form {...form.form} className="pg-form">
        <TextField
          {...form.text('email')}
          label={t('E-mail address')}
          type="email"
          inputMode="email"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus={form.values.email === ''}
          required
        />
        <PasswordField {...form.text('password')} label={t('Password')} kind="current-password" />
        <p className="pg-beside">
          <PageLink href={`/forgot-password${email ? `?email=${encodeURIComponent(email)}` : ''}`}>
            {t('Forgot your password?')}
          </PageLink>
        </p>
        <FailedAlert failure={form.failure} />
        {unverified ? <ResendButton email={email} label={t('Send a new mail')} /> : null}
        <Button
          type="submit"
          variant="primary"
          size="lg"
          fullWidth
          pending={form.pending}
          pendingLabel={t('Signing in')}
        >
          {t('Sign in')}
        </Button>
      </form>
      <ExternalSignIn next={next} />
    </AuthFrame>
  )
}

function withNext(path: string, query: URLSearchParams): string {
  const next = query.get('next')
  return next === null ? path : `${path}?next=${encodeURIComponent(next)}`
}

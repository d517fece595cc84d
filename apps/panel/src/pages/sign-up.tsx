import './pages.css'
import { auth } from '@imperal/contract'
import { Button, TextField } from '@imperal/ui-kit'
import { useState } from 'react'
import { AuthFrame } from '../components/auth-frame.tsx'
import { publicApi } from '../data/api.ts'
import { t } from '../i18n/index.ts'
import { CheckMail } from './auth/check-mail.tsx'
import { useAddressQuery } from './parts/address.ts'
import { emailProblem } from './parts/email.ts'
import { FailedAlert } from './parts/failed-alert.tsx'
import { PageLink } from './parts/page-link.tsx'
import { PasswordField } from './parts/password-field.tsx'
import { useForm } from './parts/use-form.ts'

const SHORTEST_PASSWORD = 7

/** A new account. It waits for the link in the mail, so this ends with the sentence that says so. */
export function SignUpPage() {
  const [sentTo, setSentTo] = useState('')
  if (sentTo !== '') return <CheckMail email={sentTo} onOther={() => setSentTo('')} />
  return <SignUpForm onSent={setSentTo} />
}

function SignUpForm({ onSent }: { readonly onSent: (email: string) => void }) {
  const [query] = useAddressQuery()
  const next = query.get('next')
  const form = useForm({
    initial: { first_name: '', last_name: '', email: '', password: '' },
    check: ({ email, password }) => ({
      email: emailProblem(email),
      password:
        password.length < SHORTEST_PASSWORD
          ? t('Use at least {count} characters.', { count: SHORTEST_PASSWORD })
          : undefined,
    }),
    send: async ({ first_name, last_name, email, password }) => {
      await publicApi.send(auth.signup, {
        body: { email: email.trim(), password, first_name: first_name.trim(), last_name: last_name.trim() },
      })
      onSent(email.trim())
    },
  })
  const signIn = `/sign-in?${new URLSearchParams({
    ...(next === null ? {} : { next }),
    ...(form.values.email ? { email: form.values.email.trim() } : {}),
  })}`
  const taken = form.failure?.status === 409

  return (
    <AuthFrame
      title={t('Create an account')}
      footer={
        <>
          {t('Have an account?')} <PageLink href={signIn.replace(/\?$/, '')}>{t('Sign in')}</PageLink>
        </>
      }
    >
      <form {...form.form} className="pg-form">
        <div className="pg-pair">
          <TextField
            {...form.text('first_name')}
            label={t('First name')}
            autoComplete="given-name"
            maxLength={100}
            autoFocus
          />
          <TextField {...form.text('last_name')} label={t('Last name')} autoComplete="family-name" maxLength={100} />
        </div>
        <TextField
          {...form.text('email')}
          label={t('E-mail address')}
          type="email"
          inputMode="email"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
        />
        <PasswordField
          {...form.text('password')}
          label={t('Password')}
          kind="new-password"
          description={t('At least {count} characters. A few unrelated words are easy to remember and hard to guess.', {
            count: SHORTEST_PASSWORD,
          })}
        />
        <FailedAlert
          failure={form.failure}
          action={taken ? <PageLink href={signIn}>{t('Sign in')}</PageLink> : undefined}
        />
        <Button type="submit" variant="primary" size="lg" fullWidth pending={form.pending} pendingLabel={t('Creating')}>
          {t('Create account')}
        </Button>
      </form>
    </AuthFrame>
  )
}

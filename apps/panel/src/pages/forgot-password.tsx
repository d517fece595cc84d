import './pages.css'
import { auth } from '@imperal/contract'
import { Button, TextField } from '@imperal/ui-kit'
import { useState } from 'react'
import { AuthFrame } from '../components/auth-frame.tsx'
import { publicApi } from '../data/api.ts'
import { t } from '../i18n/index.ts'
import { SignInLink } from './auth/check-mail.tsx'
import { useHeadingFocus } from './auth/use-heading-focus.ts'
import { useAddressQuery } from './parts/address.ts'
import { emailProblem } from './parts/email.ts'
import { FailedAlert } from './parts/failed-alert.tsx'
import { useForm } from './parts/use-form.ts'

/** Asks for the mail with which a new password is set. */
export function ForgotPasswordPage() {
  const [sentTo, setSentTo] = useState('')
  return sentTo === '' ? <AskForMail onSent={setSentTo} /> : <MailSent email={sentTo} onAgain={() => setSentTo('')} />
}

function AskForMail({ onSent }: { readonly onSent: (email: string) => void }) {
  const [query] = useAddressQuery()
  const form = useForm({
    initial: { email: query.get('email') ?? '' },
    check: ({ email }) => ({ email: emailProblem(email) }),
    send: async ({ email }) => {
      await publicApi.send(auth.forgotPassword, { body: { email: email.trim() } })
      onSent(email.trim())
    },
  })
  return (
    <AuthFrame
      title={t('Set a new password')}
      lead={t('Enter the address of your account. The mail has a link that works for one hour.')}
      footer={<SignInLink>{t('Back to sign-in')}</SignInLink>}
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
          autoFocus
          required
        />
        <FailedAlert failure={form.failure} />
        <Button type="submit" variant="primary" size="lg" fullWidth pending={form.pending} pendingLabel={t('Sending')}>
          {t('Send the mail')}
        </Button>
      </form>
    </AuthFrame>
  )
}

function MailSent({ email, onAgain }: { readonly email: string; readonly onAgain: () => void }) {
  useHeadingFocus()
  return (
    <AuthFrame
      title={t('Check your mail')}
      lead={t('If {email} has an account, a link to set a new password is on its way. It works for one hour.', {
        email,
      })}
      footer={<SignInLink>{t('Back to sign-in')}</SignInLink>}
    >
      <Button fullWidth size="lg" onClick={onAgain}>
        {t('Use another address')}
      </Button>
    </AuthFrame>
  )
}

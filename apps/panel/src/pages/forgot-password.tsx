import './pages.css'
import { auth } from '@imperal/contract'
import { Button, TextField } from '@imperal/ui-kit'
import { useState } from 'react'
import { AuthFrame } from '../components/auth-frame.tsx'
import { publicApi } from '../data/api.ts'
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
      title="Set a new password"
      lead="Enter the address of your account. The mail has a link that works for one hour."
      footer={<SignInLink>Back to sign-in</SignInLink>}
    >
      <form {...form.form} className="pg-form">
        <TextField
          {...form.text('email')}
          label="E-mail address"
          type="email"
          inputMode="email"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          required
        />
        <FailedAlert failure={form.failure} />
        <Button type="submit" variant="primary" size="lg" fullWidth pending={form.pending} pendingLabel="Sending">
          Send the mail
        </Button>
      </form>
    </AuthFrame>
  )
}

function MailSent({ email, onAgain }: { readonly email: string; readonly onAgain: () => void }) {
  useHeadingFocus()
  return (
    <AuthFrame
      title="Check your mail"
      lead={
        <>
          If <strong>{email}</strong> has an account, a link to set a new password is on its way. It works for one hour.
        </>
      }
      footer={<SignInLink>Back to sign-in</SignInLink>}
    >
      <Button fullWidth size="lg" onClick={onAgain}>
        Use another address
      </Button>
    </AuthFrame>
  )
}

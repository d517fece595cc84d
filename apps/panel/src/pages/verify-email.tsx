import './pages.css'
import { auth } from '@imperal/contract'
import { Button, Spinner, TextField } from '@imperal/ui-kit'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { AuthFrame } from '../components/auth-frame.tsx'
import { publicApi } from '../data/api.ts'
import { t } from '../i18n/index.ts'
import { beginSession, VERIFY_KEY } from './auth/begin-session.ts'
import { CheckMail, SignInLink } from './auth/check-mail.tsx'
import { ResendForm } from './auth/resend-mail.tsx'
import { useHeadingFocus } from './auth/use-heading-focus.ts'
import { useAddressQuery, useGo } from './parts/address.ts'
import { failureOf } from './parts/failure.ts'
import { useForm } from './parts/use-form.ts'

/** Where the link of the verification mail leads: it verifies at once and opens the panel. */
export function VerifyEmailPage() {
  const [query, change] = useAddressQuery()
  const token = query.get('token') ?? ''
  return token === '' ? <EnterCode onCode={(code) => change({ token: code })} /> : <Verify key={token} token={token} />
}

function Verify({ token }: { readonly token: string }) {
  const go = useGo()
  const client = useQueryClient()
  // A token works once. As a query it is sent once, however often this draws.
  const verified = useQuery({
    queryKey: [VERIFY_KEY, token],
    queryFn: () => publicApi.send(auth.verifyEmail, { body: { token } }),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnMount: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
  const tokens = verified.data
  useEffect(() => {
    if (!tokens) return
    beginSession(client, tokens)
    go('/', { replace: true })
  }, [tokens, client, go])

  if (verified.isError) {
    const failure = failureOf(verified.error)
    if (failure.status === 400 || failure.status === 422) return <LinkRefused message={failure.message} />
    return (
      <AuthFrame
        title={t('Confirm your address')}
        lead={failure.message}
        footer={<SignInLink>{t('Back to sign-in')}</SignInLink>}
      >
        <Button
          variant="primary"
          size="lg"
          fullWidth
          pending={verified.isFetching}
          onClick={() => void verified.refetch()}
        >
          {t('Try again')}
        </Button>
      </AuthFrame>
    )
  }
  return (
    <AuthFrame title={t('Confirm your address')}>
      <p className="pg-waiting" role="status">
        <Spinner size={14} /> {tokens ? t('Confirmed. Opening the panel.') : t('Confirming your address.')}
      </p>
    </AuthFrame>
  )
}

function LinkRefused({ message }: { readonly message: string }) {
  const [sentTo, setSentTo] = useState('')
  useHeadingFocus()
  if (sentTo !== '') return <CheckMail email={sentTo} onOther={() => setSentTo('')} />
  return (
    <AuthFrame
      title={t('This link no longer works')}
      lead={t('{message} An address that is confirmed already needs no new one: sign in.', { message })}
      footer={<SignInLink>{t('Back to sign-in')}</SignInLink>}
    >
      <ResendForm onSent={setSentTo} />
    </AuthFrame>
  )
}

function EnterCode({ onCode }: { readonly onCode: (code: string) => void }) {
  const form = useForm({
    initial: { token: '' },
    check: ({ token }) => ({ token: token.trim() === '' ? t('Enter the code of the mail.') : undefined }),
    send: async ({ token }) => onCode(token.trim()),
  })
  return (
    <AuthFrame
      title={t('Confirm your address')}
      lead={t('Open the link in the mail, or enter the code below it.')}
      footer={<SignInLink>{t('Back to sign-in')}</SignInLink>}
    >
      <form {...form.form} className="pg-form">
        <TextField
          {...form.text('token')}
          label={t('Code')}
          autoComplete="one-time-code"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          required
        />
        <Button type="submit" variant="primary" size="lg" fullWidth>
          {t('Confirm address')}
        </Button>
      </form>
    </AuthFrame>
  )
}

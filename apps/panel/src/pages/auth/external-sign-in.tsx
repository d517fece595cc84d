import { oidc } from '@imperal/contract'
import { Alert, Button } from '@imperal/ui-kit'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { publicApi } from '../../data/api.ts'
import { t } from '../../i18n/index.ts'
import { useGo } from '../parts/address.ts'
import { beginSession } from './begin-session.ts'

const PROBLEMS: Readonly<Record<string, string>> = {
  access_denied: t('You did not agree to sign in.'),
  account_disabled: t('This account is disabled.'),
  email_not_verified: t('Your identity provider has not verified your e-mail address.'),
  no_email: t('Your identity provider does not tell your e-mail address.'),
  no_account: t('There is no account for you here. Ask your administrator.'),
  method_not_allowed: t('Your organisation does not let people sign in this way.'),
}
const OTHER_PROBLEM = t('Signing in did not work. Try again.')

/** What the way back from the identity provider left in the address, taken out of it at once. */
function takeAnswer(): { code: string | null; problem: string | null } {
  const answer = new URLSearchParams(location.hash.slice(1))
  const [code, problem] = [answer.get('oidc'), answer.get('oidc_error')]
  if (code !== null || problem !== null) history.replaceState(history.state, '', location.pathname + location.search)
  return { code, problem }
}

/** The way in by another identity provider, where the operator set one up. */
export function ExternalSignIn({ next }: { readonly next: string }) {
  const client = useQueryClient()
  const go = useGo()
  const [answer] = useState(takeAnswer)
  const [problem, setProblem] = useState(answer.problem)
  const provider = useQuery({ queryKey: ['oidc'], queryFn: () => publicApi.send(oidc.provider), staleTime: 600_000 })
  const { code } = answer
  const redeemed = useRef(false)
  useEffect(() => {
    // A code is good once, so it is sent once, however often the page is drawn.
    if (code === null || redeemed.current) return
    redeemed.current = true
    publicApi
      .send(oidc.token, { body: { code } })
      .then((tokens) => {
        beginSession(client, tokens)
        go(next, { replace: true })
      })
      .catch(() => setProblem('failed'))
  }, [code, client, go, next])

  return (
    <>
      {problem === null ? null : <Alert variant="error">{PROBLEMS[problem] ?? OTHER_PROBLEM}</Alert>}
      {provider.data?.enabled === true ? (
        <Button
          size="lg"
          fullWidth
          onClick={() => location.assign(`/v1/auth/oidc/start?next=${encodeURIComponent(next)}`)}
        >
          {t('Sign in with')} {provider.data.name}
        </Button>
      ) : null}
    </>
  )
}

import './pages.css'
import { auth } from '@imperal/contract'
import { Button, TextField } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { AuthFrame } from '../components/auth-frame.tsx'
import { api } from '../data/api.ts'
import { useMe } from '../data/me.ts'
import { t } from '../i18n/index.ts'
import { DeviceDecision } from './auth/device-decision.tsx'
import { useAddressQuery } from './parts/address.ts'
import { failureOf } from './parts/failure.ts'
import { Loaded } from './parts/loaded.tsx'
import { PageLink } from './parts/page-link.tsx'
import { useForm } from './parts/use-form.ts'

const BACK = <PageLink href="/">{t('Open the panel')}</PageLink>

/** Codes are typed from a screen: case, blanks and a missing hyphen do not matter. */
function tidyCode(typed: string): string {
  const signs = typed.toUpperCase().replace(/[^A-Z0-9]/g, '')
  return signs.length === 8 ? `${signs.slice(0, 4)}-${signs.slice(4)}` : typed.trim().toUpperCase()
}

/** Where a terminal asks to be signed in: what asks, and the two answers. */
export function DevicePage() {
  const [query, change] = useAddressQuery()
  const code = tidyCode(query.get('code') ?? '')
  if (code === '') return <EnterCode onCode={(typed) => change({ code: typed }, { push: true })} />
  return <Request key={code} code={code} onOther={() => change({ code: null }, { push: true })} />
}

function EnterCode({ onCode }: { readonly onCode: (code: string) => void }) {
  const form = useForm({
    initial: { user_code: '' },
    check: ({ user_code }) => ({ user_code: user_code.trim() === '' ? t('Enter the code of the device.') : undefined }),
    send: async ({ user_code }) => onCode(tidyCode(user_code)),
  })
  return (
    <AuthFrame title={t('Sign in a device')} lead={t('Enter the code that the device shows.')} footer={BACK}>
      <form {...form.form} className="pg-form">
        <div className="pg-code-input">
          <TextField
            {...form.text('user_code')}
            label={t('Code')}
            placeholder="WDBK-7Q3M"
            autoComplete="off"
            autoCapitalize="characters"
            spellCheck={false}
            maxLength={32}
            autoFocus
            required
          />
        </div>
        <Button type="submit" variant="primary" size="lg" fullWidth>
          {t('Continue')}
        </Button>
      </form>
    </AuthFrame>
  )
}

function Request({ code, onOther }: { readonly code: string; readonly onOther: () => void }) {
  const request = useQuery({
    queryKey: ['device', code],
    queryFn: () => api.send(auth.deviceLookup, { params: { user_code: code } }),
    staleTime: 0,
  })
  const me = useMe()
  const unknown = request.isError && failureOf(request.error).status === 404
  if (unknown) {
    return (
      <AuthFrame
        title={t('There is no such code')}
        lead={t(
          '{code} is not waiting for an answer. Codes live for ten minutes; begin again on the device for a new one.',
          { code },
        )}
        footer={BACK}
      >
        <Button fullWidth size="lg" onClick={onOther}>
          {t('Enter another code')}
        </Button>
      </AuthFrame>
    )
  }
  if (request.data) return <DeviceDecision request={request.data} account={me?.email ?? ''} back={BACK} />
  return (
    <AuthFrame title={t('Sign in a device')} footer={BACK}>
      <Loaded query={request}>{() => null}</Loaded>
    </AuthFrame>
  )
}

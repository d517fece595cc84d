import { auth, type DeviceRequest } from '@imperal/contract'
import { Button, TextField } from '@imperal/ui-kit'
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { AuthFrame } from '../../components/auth-frame.tsx'
import { api } from '../../data/api.ts'
import { t } from '../../i18n/index.ts'
import { FailedAlert } from '../parts/failed-alert.tsx'
import { failureOf } from '../parts/failure.ts'
import { Moment, useMinutesLeft } from '../parts/moment.tsx'
import { PageLink } from '../parts/page-link.tsx'
import { Facts } from '../parts/section.tsx'
import { useHeadingFocus } from './use-heading-focus.ts'

type Decision = 'approved' | 'denied'

interface Props {
  readonly request: DeviceRequest
  /** Address of the account that would be signed in. */
  readonly account: string
  readonly back: ReactNode
}

const ENDS: Readonly<Record<Exclude<DeviceRequest['status'], 'pending'>, readonly [title: string, lead: string]>> = {
  approved: [t('The device is approved'), t('It is signing in now. Return to it; this page can be closed.')],
  denied: [t('The device was refused'), t('It gets no access. This page can be closed.')],
  expired: [t('This code has expired'), t('Codes live for ten minutes. Begin again on the device for a new one.')],
  consumed: [t('The device is signed in'), t('This code was used. The device is listed under Settings, Devices.')],
}

/** The question whether a device may sign in, and what became of it. */
export function DeviceDecision(props: Props) {
  const [decided, setDecided] = useState<Decision | null>(null)
  const minutes = useMinutesLeft(props.request.expires_at)
  const status = decided ?? (props.request.status === 'pending' && minutes === 0 ? 'expired' : props.request.status)
  if (status === 'pending') return <Question {...props} minutes={minutes} onDecided={setDecided} />
  return <Ended status={status} back={props.back} />
}

function Ended({ status, back }: { readonly status: keyof typeof ENDS; readonly back: ReactNode }) {
  useHeadingFocus()
  const [title, lead] = ENDS[status]
  const listed = status === 'approved' || status === 'consumed'
  return (
    <AuthFrame title={title} lead={lead} footer={back}>
      {listed ? (
        <p className="pg-help">
          {t('You can sign it out at any time under')} <PageLink href="/settings/devices">{t('Devices')}</PageLink>.
        </p>
      ) : null}
    </AuthFrame>
  )
}

function Question({
  request,
  account,
  back,
  minutes,
  onDecided,
}: Props & { readonly minutes: number; readonly onDecided: (decision: Decision) => void }) {
  const [label, setLabel] = useState('')
  const params = { user_code: request.user_code }
  const answer = useMutation({
    mutationFn: async (decision: Decision) => {
      if (decision === 'denied') await api.send(auth.deviceDeny, { params, body: {} })
      else await api.send(auth.deviceApprove, { params, body: label.trim() === '' ? {} : { label: label.trim() } })
      return decision
    },
    onSuccess: onDecided,
  })
  const asking = (decision: Decision) => answer.isPending && answer.variables === decision
  return (
    <AuthFrame
      title={t('Sign in {name}?', { name: request.client_name })}
      lead={t('Approve only when you started this yourself and the device shows the same code.')}
      footer={back}
    >
      <div className="pg-form">
        <p className="pg-user-code">{request.user_code}</p>
        <Facts
          entries={[
            [t('Account'), account],
            [t('Device'), request.client_name],
            [t('Kind'), request.surface],
            [t('Address'), request.ip_address],
            [t('Asked'), <Moment key="asked" value={request.created_at} />],
            [t('Expires'), t('in {n} min', { n: minutes })],
            [t('It may'), t('act in your name, with everything your account may do, until you sign it out')],
          ]}
        />
        <TextField
          label={t('Name in your list of devices')}
          placeholder={request.client_name}
          value={label}
          onValue={setLabel}
          maxLength={100}
          autoComplete="off"
        />
        <FailedAlert failure={answer.isError ? failureOf(answer.error) : null} />
        <div className="pg-buttons">
          <Button
            size="lg"
            disabled={answer.isPending}
            pending={asking('denied')}
            pendingLabel={t('Denying')}
            onClick={() => answer.mutate('denied')}
          >
            {t('Deny')}
          </Button>
          <Button
            size="lg"
            variant="primary"
            disabled={answer.isPending}
            pending={asking('approved')}
            pendingLabel={t('Approving')}
            onClick={() => answer.mutate('approved')}
          >
            {t('Approve')}
          </Button>
        </div>
      </div>
    </AuthFrame>
  )
}

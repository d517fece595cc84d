import { type Confirmation, runsAtRelease } from '@imperal/contract'
import { Button, InlineError, Skeleton } from '@imperal/ui-kit'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useApps } from '../../data/apps.ts'
import { acceptStored, confirmationQuery, declineStored } from '../../data/confirmations.ts'
import { failureOf } from '../../data/failures.ts'
import { t } from '../../i18n/index.ts'
import { acceptLabel, ConfirmationBody, isDestructive, MoneyNote } from '../confirmation-facts.tsx'
import { useCountdown } from '../countdown.ts'
import { ProductMark } from '../product-mark.tsx'
import { shortTime } from '../time-text.tsx'
import { TraceLines } from './trace.tsx'

/** A decision that an answer waits for; afterwards it is one line that says how it ended. */
export function ConfirmationCard({ id }: { readonly id: string }) {
  const { data, error } = useQuery(confirmationQuery(id))
  if (error && !data) return <InlineError>{failureOf(error).message}</InlineError>
  if (!data) return <Skeleton rows={2} />
  return data.status === 'pending' ? <Pending stored={data} /> : <Decided stored={data} />
}

function Pending({ stored }: { readonly stored: Confirmation }) {
  const app = useApps().find((one) => one.appId === stored.app_id)
  const left = useCountdown(stored.expires_at, true)
  const { refetch } = useQuery(confirmationQuery(stored.confirmation_id))
  const accept = useMutation({ mutationFn: () => acceptStored(stored) })
  const decline = useMutation({ mutationFn: () => declineStored(stored.confirmation_id) })
  const isOver = left === null
  useEffect(() => {
    if (isOver) void refetch()
  }, [isOver, refetch])
  const failure = accept.error ?? decline.error
  const busy = accept.isPending || decline.isPending
  return (
    <section
      className="confirmation-card"
      tabIndex={-1}
      data-confirmation={stored.confirmation_id}
      aria-label={t('Confirmation')}
    >
      <header className="confirmation-head">
        <ProductMark size={14} />
        <span>{t('Confirmation')}</span>
        <span className="confirmation-left">{isOver ? t('over') : t('expires in {time}', { time: left })}</span>
      </header>
      <div className="confirmation-body">
        <ConfirmationBody
          appName={app?.name ?? stored.app_id}
          title={stored.title}
          message={stored.summary === stored.title ? '' : stored.summary}
          items={stored.items}
          expiresAt={stored.expires_at}
        />
        {stored.kind === 'money' ? <MoneyNote runs={runsAtRelease(stored.source)} /> : null}
        {failure ? <InlineError>{failureOf(failure).message}</InlineError> : null}
      </div>
      <footer className="confirmation-foot">
        <Button disabled={busy || isOver} onClick={() => decline.mutate()}>
          {t('Cancel')}
        </Button>
        <Button
          variant={isDestructive(stored.items) ? 'danger' : 'primary'}
          disabled={isOver || decline.isPending}
          pending={accept.isPending}
          pendingLabel={t('Running')}
          onClick={() => accept.mutate()}
        >
          {acceptLabel(stored.items)}
        </Button>
      </footer>
    </section>
  )
}

function endOf(stored: Confirmation, index: number): { readonly status: string; readonly summary: string } {
  const time = stored.decided_at ? shortTime(new Date(stored.decided_at)) : ''
  const accepted = t('accepted by you {time}', { time }).trim()
  const result = stored.results?.[index]
  if (stored.status === 'expired') return { status: 'cancelled', summary: t('expired, nothing was run') }
  if (stored.status === 'cancelled')
    return { status: 'cancelled', summary: t('declined by you {time}', { time }).trim() }
  if (!result && stored.kind === 'money' && stored.status === 'confirmed')
    return { status: 'success', summary: t('released by you {time}', { time }).trim() }
  if (!result) return { status: 'running', summary: accepted }
  const told = result.status === 'success' ? result.summary : result.error
  return { status: result.status, summary: [told, accepted].filter(Boolean).join(' · ') }
}

function Decided({ stored }: { readonly stored: Confirmation }) {
  const lines = stored.items.map((item, index) => ({
    key: `${stored.confirmation_id}/${item.index}`,
    appId: item.app_id,
    function: item.tool,
    params: item.args_masked,
    durationMs: null,
    ...endOf(stored, index),
  }))
  return <TraceLines lines={lines} />
}

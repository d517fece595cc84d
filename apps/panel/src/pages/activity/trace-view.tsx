import type { Action } from '@imperal/contract'
import { Badge, CodeBlock, CopyButton, EmptyState, SlideOver } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { useApps } from '../../data/apps.ts'
import { t } from '../../i18n/index.ts'
import { AppIcon } from '../parts/app-icon.tsx'
import { counted, duration } from '../parts/figures.ts'
import { KindBadge } from '../parts/kind-badge.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Moment } from '../parts/moment.tsx'
import { Facts, Section } from '../parts/section.tsx'
import { confirmationWord, retentionWord, sourceWord } from '../parts/server-words.ts'
import { StateMark } from './action-table.tsx'
import { resultOf, stateOf, traceQuery } from './queries.ts'

/** Everything that happened under one trace, call by call, beside the list. */
export function TraceView({ traceId, onClose }: { readonly traceId: string; readonly onClose: () => void }) {
  return (
    <SlideOver
      open={traceId !== ''}
      onOpenChange={(open) => !open && onClose()}
      title={t('Trace')}
      subtitle={traceId}
      width="lg"
    >
      {traceId === '' ? null : <Trace key={traceId} traceId={traceId} />}
    </SlideOver>
  )
}

function Trace({ traceId }: { readonly traceId: string }) {
  const trace = useQuery(traceQuery(traceId))
  return (
    <Loaded
      query={trace}
      failed={(status) =>
        status === 404 ? (
          <EmptyState icon="SearchX" message={t('There is no such trace')}>
            {t('It belongs to somebody else, or its time in the ledger is over.')}
          </EmptyState>
        ) : null
      }
    >
      {({ calls, story }) => {
        const total = calls.reduce((sum, call) => sum + call.duration_ms, 0)
        return (
          <div className="pg-stack">
            <p className="pg-note">
              {counted(calls.length, 'call')} · {duration(total)} · {t('began')}{' '}
              <Moment value={calls[0]?.created_at ?? null} />
            </p>
            <ol className="pg-trace">
              {calls.map((call) => (
                <li key={call.call_id}>
                  <Call call={call} open={calls.length === 1} />
                </li>
              ))}
            </ol>
            <Section title={t('In words')} actions={<CopyButton text={story.join('\n')} label={t('Copy the story')} />}>
              <ol className="pg-story" dir="auto">
                {story.map((sentence, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a finished story; two of its sentences may be the same
                  <li key={index}>{sentence}</li>
                ))}
              </ol>
            </Section>
          </div>
        )
      }}
    </Loaded>
  )
}

function Call({ call, open }: { readonly call: Action; readonly open: boolean }) {
  const app = useApps().find((one) => one.appId === call.app_id)
  const args = Object.keys(call.args).length > 0
  return (
    <details open={open}>
      <summary className="pg-trace-line">
        <StateMark status={call.status} />
        <AppIcon appId={call.app_id} name={app?.name ?? call.app_id} url={app?.icon} size={16} />
        <code>{call.tool_name}</code>
        <span className="pg-trace-result">{resultOf(call)}</span>
        <span className="pg-trace-time">{duration(call.duration_ms)}</span>
      </summary>
      <div className="pg-trace-more">
        <Facts
          entries={[
            [t('App'), app?.name ?? call.app_id],
            [t('Kind'), <KindBadge key="kind" kind={call.action_type} />],
            [t('Result'), stateOf(call.status).words],
            [t('Error'), call.error ? <code key="error">{call.error}</code> : null],
            [t('Came from'), sourceWord(call.source)],
            [t('Confirmation'), confirmationWord(call.confirmation)],
            [t('Event'), call.event_type ? <Badge key="event">{call.event_type}</Badge> : null],
            [t('Began'), <Moment key="began" value={call.created_at} />],
            [t('Kept as'), retentionWord(call.retention_class)],
            [
              t('Call id'),
              <span key="id" className="pg-copy">
                <code>{call.call_id}</code> <CopyButton text={call.call_id} label={t('Copy the call id')} />
              </span>,
            ],
          ]}
        />
        {args ? (
          <CodeBlock title={t('Arguments (private values are masked)')} language="json" content={pretty(call.args)} />
        ) : null}
        {call.result_preview ? (
          <CodeBlock title={t('Answer, shortened')} language="json" content={call.result_preview} />
        ) : null}
      </div>
    </details>
  )
}

const pretty = (value: unknown) => JSON.stringify(value, null, 2)

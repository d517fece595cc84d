import { Button, EmptyState, SelectField } from '@imperal/ui-kit'
import { useEffect, useState } from 'react'
import { type DevLine, linesOf, withLines } from '../../data/dev-log.ts'
import { onLiveEvent } from '../../data/live.ts'
import { LOCALE, t } from '../../i18n/index.ts'
import { count, duration } from '../parts/figures.ts'
import { PageLink } from '../parts/page-link.tsx'

const CLOCK = new Intl.DateTimeFormat(LOCALE, { timeStyle: 'medium' })
const SHOWN = [
  { value: 'all', label: t('Everything') },
  { value: 'log', label: t('What it logs') },
  { value: 'call', label: t('Calls') },
  { value: 'bad', label: t('Warnings and failures') },
]

const isBad = (line: DevLine): boolean =>
  line.kind === 'log'
    ? line.log.level === 'warn' || line.log.level === 'error'
    : line.kind === 'call' && line.call.status !== 'success'
const fits = (line: DevLine, shown: string): boolean =>
  shown === 'all' || (shown === 'bad' ? isBad(line) : line.kind === shown || line.kind === 'skipped')

/** What the app logs and which calls end, live: from the moment the page opened, the newest first. */
export function AppLog({ appId }: { readonly appId: string }) {
  const [lines, setLines] = useState<readonly DevLine[]>([])
  const [shown, setShown] = useState('all')
  useEffect(() => onLiveEvent((event) => setLines((before) => withLines(before, linesOf(event, appId)))), [appId])
  const found = lines.filter((line) => fits(line, shown)).reverse()
  return (
    <div className="pg-page">
      <div className="pg-log-head">
        <SelectField fallbackName={t('Shown')} options={SHOWN} value={shown} onValue={setShown} />
        <Button variant="ghost" disabled={lines.length === 0} onClick={() => setLines([])}>
          {t('Clear')}
        </Button>
      </div>
      {found.length === 0 ? (
        <EmptyState icon="ScrollText" message={t('Nothing yet')}>
          {t('Call one of its functions: what it logs appears here at once. The same in a terminal:')}{' '}
          <code>imperal logs --follow</code>
        </EmptyState>
      ) : (
        <ol className="pg-log" aria-label={t('Logs')}>
          {found.map((line) => (
            <Line key={line.key} line={line} />
          ))}
        </ol>
      )}
    </div>
  )
}

function Line({ line }: { readonly line: DevLine }) {
  return (
    <li data-bad={isBad(line)}>
      <time dateTime={line.at}>{CLOCK.format(new Date(line.at))}</time>
      <Words line={line} />
    </li>
  )
}

function Words({ line }: { readonly line: DevLine }) {
  if (line.kind === 'skipped') return <span>{t('{n} more came too fast to show', { n: count(line.count) })}</span>
  if (line.kind === 'log') {
    return (
      <>
        <span className="pg-log-level">{line.log.level}</span>
        <code>{line.log.function}</code>
        <span className="pg-log-text">{line.log.text}</span>
      </>
    )
  }
  const { call } = line
  const said = [call.error_code, call.result_preview].filter(Boolean).join(' · ')
  // Calls of other people have no arguments here, and no trace that one could open.
  const isOwn = call.args !== null
  return (
    <>
      <span className="pg-log-level">{call.status}</span>
      <code>
        {isOwn ? <PageLink href={`/activity?trace=${call.trace_id}`}>{call.function}</PageLink> : call.function}
      </code>
      <span className="pg-log-text">
        {[call.source, duration(call.duration_ms), said].filter((part) => part !== '').join(' · ')}
      </span>
    </>
  )
}

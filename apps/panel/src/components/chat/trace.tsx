import type { ChatChange, JsonObject } from '@imperal/contract'
import { IconGlyph } from '@imperal/ui-kit'
import { useState } from 'react'
import { useApps } from '../../data/apps.ts'
import { t } from '../../i18n/index.ts'
import { counted, duration } from '../../pages/parts/figures.ts'
import { AppIcon } from '../app-icon.tsx'
import { NavLink } from '../nav-link.tsx'

/** One call as it is told: state, app, function, result, time. */
export interface TraceLine {
  readonly key: string
  readonly appId: string
  readonly function: string
  readonly params: JsonObject
  readonly status: string
  readonly summary: string
  readonly durationMs: number | null
  /** What it changed, field by field. */
  readonly changes?: readonly ChatChange[] | undefined
  /** Leads to its row of the record; absent: there is none. */
  readonly traceId?: string
}

type Mark = 'done' | 'failed' | 'waiting' | 'running' | 'declined'
const MARKS: Readonly<Record<Mark, { readonly icon: string; readonly word: string }>> = {
  done: { icon: 'Check', word: t('Done') },
  failed: { icon: 'X', word: t('Failed') },
  waiting: { icon: 'ShieldAlert', word: t('Waits for you') },
  running: { icon: 'Clock', word: t('Running') },
  declined: { icon: 'Minus', word: t('Not run') },
}

/** The mark of a ledger status. */
export function markOf(status: string): Mark {
  if (status === 'success') return 'done'
  if (status === 'intercepted') return 'waiting'
  if (status === 'running' || status === 'processing') return 'running'
  return status === 'cancelled' ? 'declined' : 'failed'
}

const LONGEST_VALUE = 40
function shortValue(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE)}…` : value)
  if (Array.isArray(value)) return String(value.length)
  return value !== null && typeof value === 'object' ? '{…}' : String(value)
}

/** Arguments on one line: `folder: "Meetings", ids: 5`. */
export const shortArgs = (params: JsonObject): string =>
  Object.entries(params)
    .map(([name, value]) => `${name}: ${shortValue(value)}`)
    .join(', ')

const MOST_OPEN = 4

/** Several calls under each other; more than four fold into one line. */
export function TraceLines({ lines }: { readonly lines: readonly TraceLine[] }) {
  const [unfolded, setUnfolded] = useState(false)
  if (lines.length === 0) return null
  const total = lines.reduce((sum, line) => sum + (line.durationMs ?? 0), 0)
  if (lines.length > MOST_OPEN && !unfolded) {
    return (
      <button type="button" className="trace trace-fold" aria-expanded={false} onClick={() => setUnfolded(true)}>
        <IconGlyph name="ChevronRight" size={14} />
        {counted(lines.length, 'function')} · {duration(total)}
      </button>
    )
  }
  return (
    <ul className="traces" aria-label={t('Functions that were run')}>
      {lines.map((line) => (
        <Trace key={line.key} line={line} />
      ))}
    </ul>
  )
}

function Trace({ line }: { readonly line: TraceLine }) {
  const [open, setOpen] = useState(false)
  const app = useApps().find((one) => one.appId === line.appId) ?? { appId: line.appId, name: line.appId, icon: '' }
  const mark = MARKS[markOf(line.status)]
  return (
    <li>
      <button type="button" className="trace" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span className="trace-mark" data-mark={markOf(line.status)}>
          <IconGlyph name={mark.icon} size={14} />
          <span className="im-hidden">{mark.word}: </span>
        </span>
        <AppIcon app={app} size={16} />
        <span className="trace-function">{line.function}</span>
        <span className="trace-args">{shortArgs(line.params)}</span>
        <span className="trace-result" title={line.summary}>
          <bdi>{markOf(line.status) === 'waiting' ? t('needs your consent') : line.summary}</bdi>
        </span>
        <span className="trace-time">{line.durationMs === null ? '' : duration(line.durationMs)}</span>
      </button>
      {open ? (
        <div className="trace-more">
          {line.summary ? <p>{line.summary}</p> : null}
          {line.changes?.some((change) => 'before' in change) ? <Changes changes={line.changes} /> : null}
          <Arguments params={line.params} />
          {line.traceId ? (
            <NavLink href={`/activity?trace=${line.traceId}`}>{t('Open in the activity')}</NavLink>
          ) : null}
        </div>
      ) : null}
    </li>
  )
}

/** A file that was uploaded is millions of characters. */
const MOST_SHOWN = 5_000
function plain(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text
}

function Arguments({ params }: { readonly params: TraceLine['params'] }) {
  const entries = Object.entries(params)
  if (entries.length === 0) return null
  return (
    <dl className="trace-changes" aria-label={t('Arguments')}>
      {entries.map(([name, value]) => (
        <div key={name}>
          <dt>{inWords(name)}</dt>
          <dd dir="auto">{plain(value)}</dd>
        </div>
      ))}
    </dl>
  )
}

const inWords = (name: string): string => name.replaceAll('_', ' ')

/** Old and new value of each field; what was never read has only the new one. */
function Changes({ changes }: { readonly changes: readonly ChatChange[] }) {
  return (
    <dl className="trace-changes" aria-label={t('What changed')}>
      {changes.map((change) => (
        <div key={change.field}>
          <dt>{inWords(change.field)}</dt>
          <dd dir="auto">
            {change.before === undefined ? null : <del>{plain(change.before)}</del>} <ins>{plain(change.after)}</ins>
          </dd>
        </div>
      ))}
    </dl>
  )
}

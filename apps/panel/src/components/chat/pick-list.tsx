import type { JsonObject, PickListItem } from '@imperal/contract'
import { type ActionFailure, IconGlyph, newId, Spinner } from '@imperal/ui-kit'
import { useRef, useState } from 'react'
import { type App, useApps } from '../../data/apps.ts'
import { type ChatForm, rememberUsed, wasUsed } from '../../data/chat/used-forms.ts'
import { namedIn, useIdChoices } from '../../data/id-choices.ts'
import { runFunction } from '../../data/workspace/run-action.ts'
import { t } from '../../i18n/index.ts'
import { AppIcon } from '../app-icon.tsx'
import { humanFunction, KindBadge } from '../function-words.tsx'
import { SchemaForm } from '../lazy-parts.tsx'
import { AppCard } from './app-card.tsx'
import { type TraceLine, TraceLines } from './trace.tsx'

export interface PickListProps {
  readonly messageId: string
  /** Functions whose forms the person sent before, here or elsewhere, as `app.function`. */
  readonly used: readonly string[]
  readonly items: readonly PickListItem[]
  /** The message that was answered: what it names is chosen already. */
  readonly asked: string
  /** False for forms of an earlier visit: they rest (ui 5.10), and read nothing. */
  readonly live: boolean
}

/** Functions that may be meant, each with its form; the first one is open when it is the only one. */
export function PickList({ messageId, used, items, asked, live }: PickListProps) {
  return (
    <div className="pick-list">
      {items.map((item) => (
        <PickForm
          key={`${item.app_id}.${item.function}`}
          form={{ messageId, appId: item.app_id, name: item.function }}
          used={used.includes(`${item.app_id}.${item.function}`)}
          item={item}
          asked={asked}
          live={live}
          startsOpen={items.length === 1}
        />
      ))}
    </div>
  )
}

interface Outcome {
  readonly line: TraceLine
  readonly ui: unknown
}

interface PickFormProps extends Pick<PickListProps, 'asked' | 'live'> {
  readonly form: ChatForm
  readonly used: boolean
  readonly item: PickListItem
  readonly startsOpen: boolean
}

function PickForm({ form, used, item, asked, live, startsOpen }: PickFormProps) {
  const [open, setOpen] = useState(startsOpen)
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  const app = useApps().find((one) => one.appId === item.app_id)
  if (!app) return null
  if (outcome) {
    return (
      <>
        <TraceLines lines={[outcome.line]} />
        {outcome.ui === null || outcome.ui === undefined ? null : <AppCard app={app} tree={outcome.ui} live />}
      </>
    )
  }
  // Sent in an earlier visit: what it wrote is not written twice.
  if (used) return <TraceLines lines={[lineOf(`${form.messageId}/${form.name}`, item, {}, t('Done'))]} />
  const isOpen = open && live
  return (
    <section className="function-card" aria-label={`${app.name}: ${humanFunction(item.function)}`}>
      <button
        type="button"
        className="function-head"
        disabled={!live}
        aria-expanded={isOpen}
        onClick={() => setOpen(!open)}
      >
        <AppIcon app={app} size={16} />
        <span className="function-app">{app.name}</span>
        <code>{item.function}</code>
        <span className="function-text">{item.description}</span>
        <KindBadge kind={item.action_type} />
        {live ? (
          <IconGlyph name={open ? 'ChevronDown' : 'ChevronRight'} size={14} />
        ) : (
          <small>{t('from earlier')}</small>
        )}
      </button>
      {isOpen ? (
        <RunForm form={form} app={app} item={item} asked={asked} onCancel={() => setOpen(false)} onDone={setOutcome} />
      ) : null}
    </section>
  )
}

const lineOf = (key: string, item: PickListItem, params: JsonObject, summary: string): TraceLine => ({
  key,
  appId: item.app_id,
  function: item.function,
  params,
  status: 'success',
  summary,
  durationMs: null,
})

interface RunFormProps {
  readonly form: ChatForm
  readonly app: App
  readonly item: PickListItem
  readonly asked: string
  readonly onCancel: () => void
  readonly onDone: (outcome: Outcome) => void
}

function RunForm({ form, app, item, asked, onCancel, onDone }: RunFormProps) {
  const choices = useIdChoices(app, item.params_schema)
  const gesture = useRef({ id: newId(), params: '' })
  const submit = async (params: JsonObject): Promise<ActionFailure | undefined> => {
    // Another window or device may have sent it meanwhile.
    if (wasUsed(form)) return undefined
    const text = JSON.stringify(params)
    // A repeated sending of the same values is the same call; other values are another one.
    if (gesture.current.params !== text) gesture.current = { id: newId(), params: text }
    const result = await runFunction(app, {
      function: item.function,
      params,
      gestureId: gesture.current.id,
      tell: false,
    })
    if (result.kind === 'declined') return { message: t('Not confirmed. Nothing was changed.') }
    if (result.kind === 'failed') return result.failure
    const line = lineOf(gesture.current.id, item, params, result.response.summary || t('Done'))
    onDone({ line: { ...line, durationMs: result.durationMs }, ui: result.response.ui })
    rememberUsed(form)
    return undefined
  }
  if (choices === null) return <Spinner />
  const named = Object.entries(choices).flatMap(([name, list]) => {
    const value = namedIn(asked, list)
    return value === undefined ? [] : [[name, value] as const]
  })
  return (
    <div className="function-form">
      <SchemaForm
        schema={item.params_schema}
        initial={{ ...item.params, ...Object.fromEntries(named) }}
        choices={choices}
        submitLabel={humanFunction(item.function)}
        pendingLabel={t('Running')}
        danger={item.action_type === 'destructive'}
        onCancel={onCancel}
        onSubmit={submit}
      />
    </div>
  )
}

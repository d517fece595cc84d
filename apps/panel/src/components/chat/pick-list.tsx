import type { JsonObject, PickListItem } from '@imperal/contract'
import { type ActionFailure, IconGlyph, Spinner } from '@imperal/ui-kit'
import { useRef, useState } from 'react'
import { type App, useApps } from '../../data/apps.ts'
import { namedIn, useIdChoices } from '../../data/id-choices.ts'
import { runFunction } from '../../data/workspace/run-action.ts'
import { t } from '../../i18n/index.ts'
import { AppIcon } from '../app-icon.tsx'
import { humanFunction, KindBadge } from '../function-words.tsx'
import { SchemaForm } from '../lazy-parts.tsx'
import { AppCard } from './app-card.tsx'
import { type TraceLine, TraceLines } from './trace.tsx'

/** Functions that may be meant, each with its form; the first one is open when it is the only one. */
export function PickList({ items, asked }: { readonly items: readonly PickListItem[]; readonly asked: string }) {
  return (
    <div className="pick-list">
      {items.map((item) => (
        <PickForm key={`${item.app_id}.${item.function}`} item={item} asked={asked} startsOpen={items.length === 1} />
      ))}
    </div>
  )
}

interface Outcome {
  readonly line: TraceLine
  readonly ui: unknown
}

interface PickFormProps {
  readonly item: PickListItem
  /** The message that was answered: what it names is chosen already. */
  readonly asked: string
  readonly startsOpen: boolean
}

function PickForm({ item, asked, startsOpen }: PickFormProps) {
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
  return (
    <section className="function-card" aria-label={`${app.name}: ${humanFunction(item.function)}`}>
      <button type="button" className="function-head" aria-expanded={open} onClick={() => setOpen(!open)}>
        <AppIcon app={app} size={16} />
        <span className="function-app">{app.name}</span>
        <code>{item.function}</code>
        <span className="function-text">{item.description}</span>
        <KindBadge kind={item.action_type} />
        <IconGlyph name={open ? 'ChevronDown' : 'ChevronRight'} size={14} />
      </button>
      {open ? (
        <RunForm app={app} item={item} asked={asked} onCancel={() => setOpen(false)} onDone={setOutcome} />
      ) : null}
    </section>
  )
}

interface RunFormProps {
  readonly app: App
  readonly item: PickListItem
  readonly asked: string
  readonly onCancel: () => void
  readonly onDone: (outcome: Outcome) => void
}

function RunForm({ app, item, asked, onCancel, onDone }: RunFormProps) {
  const choices = useIdChoices(app, item.params_schema)
  const gesture = useRef({ id: crypto.randomUUID(), params: '' })
  const submit = async (params: JsonObject): Promise<ActionFailure | undefined> => {
    const text = JSON.stringify(params)
    // A repeated sending of the same values is the same call; other values are another one.
    if (gesture.current.params !== text) gesture.current = { id: crypto.randomUUID(), params: text }
    const result = await runFunction(app, {
      function: item.function,
      params,
      gestureId: gesture.current.id,
      tell: false,
    })
    if (result.kind === 'declined') return { message: t('Not confirmed. Nothing was changed.') }
    if (result.kind === 'failed') return result.failure
    const line = {
      key: gesture.current.id,
      appId: app.appId,
      function: item.function,
      params,
      status: 'success',
      summary: result.response.summary || t('Done'),
      durationMs: result.durationMs,
    }
    onDone({ line, ui: result.response.ui })
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

import { ApiError } from '@imperal/client'
import { ir, type JsonObject, type JsonValue } from '@imperal/contract'
import {
  type ActionFailure,
  Alert,
  Button,
  CodeBlock,
  EmptyState,
  SchemaForm,
  SelectField,
  type UiHost,
  UiTree,
} from '@imperal/ui-kit'
import { useEffect, useMemo, useState } from 'react'
import { api } from '../../data/api.ts'
import { t } from '../../i18n/index.ts'
import { failureOf } from '../parts/failure.ts'
import { counted } from '../parts/figures.ts'
import { Section } from '../parts/section.tsx'
import type { Registered } from './use-check.ts'

/** One call of this session; all of them run again, in order, in a new empty store whenever something is shown. */
export interface TriedCall {
  readonly function: string
  readonly args: JsonObject
}
interface Answer {
  readonly ok: boolean
  readonly result?: JsonValue | undefined
  readonly summary?: string | undefined
  readonly ui?: JsonValue | undefined
  readonly trace?: JsonObject | undefined
  readonly error?: string | undefined
  readonly error_code?: string | undefined
}
export interface TryOutProps {
  /** Null: what stands there is not valid, or not checked yet. */
  readonly document: JsonValue | null
  readonly registered: Registered
}

// As many as a run takes before its own call.
const MOST_CALLS = 100
const MOST_TRIES = 10

/** One run after the other: the platform gives each person one place at a time. */
let running: Promise<unknown> = Promise.resolve()
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const turn = running.then(work)
  running = turn.catch(() => undefined) // whoever asked is told; the next one has its own turn
  return turn
}

const pause = (seconds: number) => new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000))

interface SmokeBody {
  readonly ir_dict: JsonValue
  readonly function: string
  readonly args: JsonObject
}

/** Waits its turn where all places are taken, by other people or another window. */
async function sendSmoke(body: SmokeBody, tries = 1): Promise<Answer> {
  try {
    return (await api.send(ir.smoke, { body })) as Answer
  } catch (error) {
    const isBusy = error instanceof ApiError && error.status === 429
    if (!isBusy || tries >= MOST_TRIES) throw error
    await pause(error.retryAfter ?? 1)
    return sendSmoke(body, tries + 1)
  }
}

async function smoke(document: JsonValue, call: TriedCall, before: readonly TriedCall[]): Promise<Answer> {
  const args = { ...call.args, ...(before.length === 0 ? {} : { $before: before.map((one) => ({ ...one })) }) }
  return inTurn(() => sendSmoke({ ir_dict: document, function: call.function, args }))
}

const panelOf = (name: string): string | null => (name.startsWith('__panel__') ? name.slice('__panel__'.length) : null)

/** Functions and panels of a document over an empty store that exists in this page only. Nothing of it is kept. */
export function TryOut({ document, registered }: TryOutProps) {
  const [calls, setCalls] = useState<readonly TriedCall[]>([])
  const [last, setLast] = useState<{ readonly call: TriedCall; readonly answer: Answer } | null>(null)
  const run = async (call: TriedCall): Promise<ActionFailure | undefined> => {
    if (document === null) return { message: t('The document has to be valid before it can be tried out.') }
    if (calls.length >= MOST_CALLS)
      return {
        message: t('{calls} are as many as one store takes here. Begin anew.', {
          calls: counted(calls.length, 'call'),
        }),
      }
    try {
      const answer = await smoke(document, call, calls)
      setLast({ call, answer })
      if (!answer.ok) return { message: answer.error ?? t('It failed.'), code: answer.error_code }
      // What a section reads changes nothing that the next call could see.
      if (!call.function.startsWith('skeleton_')) setCalls([...calls, call])
      return undefined
    } catch (error) {
      return { message: failureOf(error).message }
    }
  }
  const forget = () => {
    setCalls([])
    setLast(null)
  }
  if (document === null)
    return <EmptyState icon="FlaskConical" message={t('The document has to be valid before it can be tried out.')} />
  if (registered.functions.length === 0 && registered.panels.length === 0)
    return <EmptyState icon="FlaskConical" message={t('The document has no function and no panel yet.')} />
  return (
    <div className="pg-stack">
      <Functions registered={registered} onRun={run} />
      {last === null ? null : <Outcome call={last.call} answer={last.answer} />}
      {calls.length === 0 ? null : (
        <p className="pg-note">
          {counted(calls.length, 'call')} {t('so far:')} {calls.map((call) => call.function).join(', ')}{' '}
          <Button size="sm" variant="ghost" onClick={forget}>
            {t('Begin anew')}
          </Button>
        </p>
      )}
      <Panels document={document} registered={registered} calls={calls} onRun={run} />
    </div>
  )
}

function Functions({
  registered,
  onRun,
}: {
  readonly registered: Registered
  readonly onRun: (call: TriedCall) => Promise<ActionFailure | undefined>
}) {
  const [chosen, setChosen] = useState('')
  const fn = registered.functions.find(({ name }) => name === chosen) ?? registered.functions[0]
  if (fn === undefined) return null
  return (
    <Section title={t('Try a function')} lead={fn.description}>
      <SelectField
        label={t('Function')}
        value={fn.name}
        onValue={setChosen}
        options={registered.functions.map(({ name }) => ({ value: name, label: name }))}
      />
      <SchemaForm
        key={`${fn.name} ${JSON.stringify(fn.schema)}`}
        schema={fn.schema}
        submitLabel={t('Try it')}
        pendingLabel={t('Running')}
        onSubmit={(args) => onRun({ function: fn.name, args })}
      />
    </Section>
  )
}

function Outcome({ call, answer }: { readonly call: TriedCall; readonly answer: Answer }) {
  const path = Array.isArray(answer.trace?.path) ? answer.trace.path.map(String).join(' → ') : ''
  return (
    <Section title={t('Outcome')} note={call.function}>
      <Alert variant={answer.ok ? 'success' : 'error'}>
        {answer.ok ? (answer.summary ?? t('Done')) : answer.error}
      </Alert>
      {path === '' ? null : (
        <p className="pg-note">
          {t('Steps:')} {path}
        </p>
      )}
      {answer.ok ? <CodeBlock content={JSON.stringify(answer.result, null, 2)} language="json" /> : null}
    </Section>
  )
}

type PanelsProps = Pick<TryOutProps, 'registered'> & {
  readonly document: JsonValue
  readonly calls: readonly TriedCall[]
  readonly onRun: (call: TriedCall) => Promise<ActionFailure | undefined>
}

function Panels({ document, registered, calls, onRun }: PanelsProps) {
  const [chosen, setChosen] = useState('')
  const panel = registered.panels.find(({ id }) => id === chosen) ?? registered.panels[0]
  if (panel === undefined) return null
  return (
    <Section title={t('Panels')}>
      {registered.panels.length > 1 ? (
        <SelectField
          label={t('Panel')}
          value={panel.id}
          onValue={setChosen}
          options={registered.panels.map(({ id, title }) => ({ value: id, label: title }))}
        />
      ) : null}
      <Preview
        key={panel.id}
        panelId={panel.id}
        title={panel.title}
        document={document}
        calls={calls}
        onRun={onRun}
        onOpen={setChosen}
      />
    </Section>
  )
}

function Preview({
  panelId,
  title,
  document,
  calls,
  onRun,
  onOpen,
}: Pick<PanelsProps, 'document' | 'calls' | 'onRun'> & {
  readonly panelId: string
  readonly title: string
  readonly onOpen: (panelId: string) => void
}) {
  const [params, setParams] = useState<JsonObject>({})
  const [drawn, setDrawn] = useState<Answer | null>(null)
  useEffect(() => {
    let isLast = true
    smoke(document, { function: `__panel__${panelId}`, args: params }, calls).then(
      (answer) => isLast && setDrawn(answer),
      (error) => isLast && setDrawn({ ok: false, error: failureOf(error).message }),
    )
    return () => {
      isLast = false
    }
  }, [document, panelId, params, calls])
  const host = useMemo<UiHost>(
    () => ({
      appId: 'preview',
      appName: title,
      onAction: async (action) => {
        if (action.action !== 'call') return { ok: true }
        const opened = panelOf(action.function)
        if (opened === null) {
          const failure = await onRun({ function: action.function, args: { ...action.params } })
          return failure === undefined ? { ok: true } : { ok: false, error: failure }
        }
        if (opened === panelId) setParams({ ...action.params })
        else onOpen(opened)
        return { ok: true }
      },
      // A preview leads nowhere.
      navigate: () => {},
      openExternal: () => {},
      toast: () => {},
    }),
    [title, panelId, onRun, onOpen],
  )
  if (drawn === null) return <p className="pg-note">{t('Drawing…')}</p>
  if (!drawn.ok) return <Alert variant="error">{drawn.error}</Alert>
  return (
    <section className="pg-preview" aria-label={t('Preview of {title}', { title })}>
      <UiTree node={drawn.ui} host={host} inset={false} headingOffset={3} />
    </section>
  )
}

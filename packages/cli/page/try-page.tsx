import { useState } from 'react'
import type { TryState } from '../src/dev/try-out/wire.ts'
import { TryOneFunction } from './try-function.tsx'
import { TryOnePanel } from './try-panel.tsx'
import { type DevLog, useDevLog } from './use-dev-log.ts'

interface Choice {
  readonly kind: 'function' | 'panel'
  readonly id: string
}

function Entries({
  title,
  all,
  chosen,
  choose,
}: {
  title: string
  all: readonly { id: string; label: string }[]
  chosen: string | null
  choose: (id: string) => void
}) {
  if (all.length === 0) return null
  return (
    <>
      <h2>{title}</h2>
      <ul>
        {all.map(({ id, label }) => (
          <li key={id}>
            <button type="button" aria-current={id === chosen ? 'true' : undefined} onClick={() => choose(id)}>
              {label}
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}

function Chosen({ app, choice }: { app: TryState; choice: Choice | null }) {
  const one = app.functions.find(({ name }) => choice?.kind === 'function' && name === choice.id)
  if (one !== undefined) return <TryOneFunction app={app} one={one} />
  const panel = app.panels.find(({ id }) => choice?.kind === 'panel' && id === choice.id)
  if (panel !== undefined) return <TryOnePanel app={app} one={panel} />
  return <p>Choose a function or a panel.</p>
}

function Log({ lines, isConnected }: DevLog) {
  return (
    <section className="try-log" aria-label="Log">
      <h2>Log{isConnected ? '' : ' (imperal dev does not answer)'}</h2>
      <ol role="log">
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines are only appended and have no identity
          <li key={index}>{line}</li>
        ))}
      </ol>
    </section>
  )
}

/** Everything that is live, to try it: functions with forms from their schemas, panels as they are drawn, and the log. */
export function TryPage() {
  const log = useDevLog()
  const [choice, setChoice] = useState<Choice | null>(null)
  const { state } = log
  if (state === null) return <p className="try-waiting">Waiting for the first deploy; look at the terminal.</p>
  return (
    <div className="try-page">
      <header>
        <h1>{state.name}</h1>
        <span>
          {state.appId} v{state.version}
        </span>
        <a href={state.address} target="_blank" rel="noreferrer">
          Open in the panel
        </a>
      </header>
      <nav aria-label="What can be tried">
        <Entries
          title="Functions"
          all={state.functions.map(({ name }) => ({ id: name, label: name }))}
          chosen={choice?.kind === 'function' ? choice.id : null}
          choose={(id) => setChoice({ kind: 'function', id })}
        />
        <Entries
          title="Panels"
          all={state.panels.map(({ id, title }) => ({ id, label: title }))}
          chosen={choice?.kind === 'panel' ? choice.id : null}
          choose={(id) => setChoice({ kind: 'panel', id })}
        />
      </nav>
      <main key={`${choice?.kind} ${choice?.id} ${log.deploys}`}>
        <Chosen app={state} choice={choice} />
      </main>
      <Log {...log} />
    </div>
  )
}

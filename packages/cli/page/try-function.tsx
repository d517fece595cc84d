import type { JsonObject } from '@imperal/contract'
import { Badge, Button, SchemaForm } from '@imperal/ui-kit'
import { useState } from 'react'
import type { TryAnswer, TryFunction, TryState } from '../src/dev/try-out/wire.ts'
import { call, decide, questionOf } from './ask.ts'
import { Drawn } from './drawn.tsx'

function Answer({ answer, app, onDecide }: { answer: TryAnswer; app: TryState; onDecide: (yes: boolean) => void }) {
  const { response, milliseconds } = answer
  const failed = response.status === 'error'
  return (
    <section className="try-answer" aria-label="Result">
      <h3>
        <Badge tone={failed ? 'danger' : 'success'}>{failed ? (response.error_code ?? 'error') : 'success'}</Badge>{' '}
        {milliseconds} ms
      </h3>
      <p>{response.error ?? response.summary}</p>
      {questionOf(response) !== null && (
        <p className="try-row">
          <Button variant="danger" onClick={() => onDecide(true)}>
            Confirm
          </Button>
          <Button variant="secondary" onClick={() => onDecide(false)}>
            Decline
          </Button>
        </p>
      )}
      {response.ui !== null && response.ui !== undefined && <Drawn node={response.ui} app={app} />}
      <pre className="try-json">{JSON.stringify(response.data, null, 2)}</pre>
    </section>
  )
}

/** The form of one function, and what it answered last. */
export function TryOneFunction({ app, one }: { app: TryState; one: TryFunction }) {
  const [answer, setAnswer] = useState<TryAnswer | null>(null)
  const run = async (values: JsonObject) => setAnswer(await call(one.name, values))
  const settle = async (yes: boolean) => {
    const id = answer === null ? null : questionOf(answer.response)
    if (id !== null) setAnswer(await decide(id, yes ? 'confirm' : 'cancel'))
  }
  return (
    <>
      <h2>
        {one.name} <Badge tone={one.actionType === 'read' ? 'neutral' : 'warning'}>{one.actionType}</Badge>
      </h2>
      <p>{one.description}</p>
      <SchemaForm
        schema={one.schema}
        submitLabel="Run"
        pendingLabel="Running"
        danger={one.actionType === 'destructive'}
        onSubmit={run}
      />
      {answer !== null && <Answer answer={answer} app={app} onDecide={settle} />}
    </>
  )
}

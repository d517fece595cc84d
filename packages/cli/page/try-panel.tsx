import { Button } from '@imperal/ui-kit'
import { useCallback, useEffect, useState } from 'react'
import type { TryAnswer, TryPanel, TryState } from '../src/dev/try-out/wire.ts'
import { call } from './ask.ts'
import { Drawn } from './drawn.tsx'

/** One panel of the app, drawn anew after every call and every deploy. */
export function TryOnePanel({ app, one }: { app: TryState; one: TryPanel }) {
  const [answer, setAnswer] = useState<TryAnswer | null>(null)
  const draw = useCallback(async () => setAnswer(await call(`__panel__${one.id}`, {})), [one.id])
  useEffect(() => {
    void draw()
  }, [draw])
  return (
    <>
      <h2>{one.title}</h2>
      <p className="try-row">
        <Button variant="secondary" size="sm" onClick={() => void draw()}>
          Refresh
        </Button>
        <span>
          slot {one.slot}
          {answer !== null && `, ${answer.milliseconds} ms`}
        </span>
      </p>
      {answer?.response.status === 'error' && <p role="alert">{answer.response.error}</p>}
      {answer !== null && <Drawn node={answer.response.ui} app={app} onCalled={() => void draw()} />}
    </>
  )
}

import type { JsonObject } from '@imperal/contract'
import type { UiAction } from '@imperal/contract/ui'
import { useCallback, useEffect, useRef, useState } from 'react'
import { say } from '../words.ts'
import { useTree } from './context.ts'
import { newId } from './new-id.ts'
import type { ActionFailure, ActionOrigin, ActionOutcome } from './ui-host.ts'

export interface Act {
  readonly pending: boolean
  readonly error: ActionFailure | null
  clearError(): void
  /** Asks, then fires. Null when there was nothing to do: no action, a refusal, or one already under way. */
  run(action: UiAction | null, payload?: JsonObject): Promise<ActionOutcome | null>
}

const TOASTED = new Set<ActionOrigin['kind']>(['row', 'bulk', 'drop', 'cell', 'end_reached'])

/** Fires actions for one control: one at a time, with its own pending state and error (ui 2.0.5, 3.1). */
export function useAct(nodePath: string, kind: ActionOrigin['kind'] = 'control'): Act {
  const { host, confirm } = useTree()
  const [pending, setPending] = useState(false)
  const [error, setError] = useState<ActionFailure | null>(null)
  const busy = useRef(false)
  const failed = useRef<{ key: string; gestureId: string } | null>(null)

  const before = useRef<Element | null>(null)
  // A control cannot be used while it waits, and loses the focus by that; whoever works by keyboard goes on from there.
  useEffect(() => {
    if (pending || before.current === null) return
    const isLost = document.activeElement === document.body
    if (isLost && before.current instanceof HTMLElement) before.current.focus({ preventScroll: true })
    before.current = null
  }, [pending])

  const run = useCallback(
    async (action: UiAction | null, payload: JsonObject = {}): Promise<ActionOutcome | null> => {
      if (action === null || busy.current) return null
      busy.current = true
      try {
        if (action.confirm !== null && !(await confirm(action.confirm))) return null
        if (action.action === 'navigate') return done(() => host.navigate(action.path))
        if (action.action === 'open') return done(() => host.openExternal(action.url))
        const ready = action.action === 'call' ? { ...action, params: { ...action.params, ...payload } } : action
        const key = JSON.stringify(ready)
        const gestureId = failed.current?.key === key ? failed.current.gestureId : newId()
        before.current = document.activeElement
        setPending(true)
        setError(null)
        const outcome = await attempt(() => host.onAction(ready, payload, { kind, nodePath, gestureId }))
        failed.current = outcome.ok ? null : { key, gestureId }
        if (!outcome.ok && TOASTED.has(kind)) host.toast({ message: outcome.error.message, variant: 'error' })
        else if (!outcome.ok) setError(outcome.error)
        return outcome
      } finally {
        busy.current = false
        setPending(false)
      }
    },
    [host, confirm, kind, nodePath],
  )
  const clearError = useCallback(() => setError(null), [])
  return { pending, error, clearError, run }
}

function done(effect: () => void): ActionOutcome {
  effect()
  return { ok: true }
}

async function attempt(send: () => Promise<ActionOutcome>): Promise<ActionOutcome> {
  try {
    return await send()
  } catch (cause) {
    const message = cause instanceof Error && cause.message !== '' ? cause.message : say('The platform did not answer.')
    return { ok: false, error: { message, code: 'CLIENT_ERROR', retryable: true } }
  }
}

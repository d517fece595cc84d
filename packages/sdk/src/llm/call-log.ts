import type { KernelPort } from '@imperal/contract/guest-port'
import { freeze } from '../values/json.ts'
import { currentCall } from './call-scope.ts'
import type { CallLogEntry } from './types.ts'

const LONGEST_ERROR = 200

// A log belongs to its call and dies with it: a process serves many users.
const logs = new WeakMap<object, CallLogEntry[]>()
const outside = {}

function ownLog(): CallLogEntry[] {
  const key: KernelPort | typeof outside = currentCall()?.port ?? outside
  let log = logs.get(key)
  if (log === undefined) {
    log = []
    logs.set(key, log)
  }
  return log
}

export const readCallLog = (): readonly CallLogEntry[] => [...ownLog()]

export function resetCallLog(): void {
  ownLog().length = 0
}

/** Runs one request and keeps a line of it, also when it fails. */
export async function logged<T extends { usage: { inputTokens: number; outputTokens: number }; model: string }>(
  about: Pick<CallLogEntry, 'provider' | 'model' | 'isFailover'> & { purpose: string | undefined },
  request: () => Promise<T>,
): Promise<T> {
  const log = ownLog()
  const started = performance.now()
  const line = (more: Pick<CallLogEntry, 'model' | 'inputTokens' | 'outputTokens' | 'error'>) =>
    log.push(
      freeze({
        purpose: about.purpose || 'default',
        provider: about.provider,
        isFailover: about.isFailover,
        latencyMs: Math.round(performance.now() - started),
        ...more,
      }),
    )
  try {
    const response = await request()
    line({ model: response.model, ...response.usage, error: null })
    return response
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    line({ model: about.model, inputTokens: 0, outputTokens: 0, error: text.slice(0, LONGEST_ERROR) })
    throw error
  }
}

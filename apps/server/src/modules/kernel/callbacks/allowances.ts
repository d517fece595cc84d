import type { HostCallback } from '../../hosts/index.ts'
import type { KernelParts } from '../parts.ts'
import { refusedCallback } from './refuse-callback.ts'
import type { CallSession } from './session.ts'

/** How much of one thing a call may use, and a user within a minute through all calls of one app on one node. */
export interface Allowance {
  readonly perCall: number
  /** Multiplied by the limit factor; not held where that is 0. */
  readonly perUserMinute: number
}

/** What extensions may use of the platform beside requests to the outside, which have their own figure (sdk.md 3.10). */
export interface Allowances {
  /** Documents created, changed or deleted. */
  readonly writes: Allowance
  /** Notifications and messages in the chat. */
  readonly messages: Allowance
  /** Completions of a model. */
  readonly completions: Allowance
  /** Events emitted by `ctx.extensions.emit`. */
  readonly events: Allowance
  /** Bytes put into `ctx.storage`. */
  readonly storedBytes: Allowance
}
type Resource = keyof Allowances

const MIB = 1024 * 1024

/** The figures of production. */
export const DEFAULT_ALLOWANCES: Allowances = {
  writes: { perCall: 5_000, perUserMinute: 20_000 },
  messages: { perCall: 50, perUserMinute: 60 },
  completions: { perCall: 50, perUserMinute: 60 },
  events: { perCall: 200, perUserMinute: 1_000 },
  storedBytes: { perCall: 200 * MIB, perUserMinute: 500 * MIB },
}

const USES: ReadonlyMap<string, Resource> = new Map([
  ['store.create', 'writes'],
  ['store.update', 'writes'],
  ['store.set', 'writes'],
  ['store.delete', 'writes'],
  ['notify.send', 'messages'],
  ['chat.deliver', 'messages'],
  ['ai.complete', 'completions'],
  ['ai.stream', 'completions'],
  ['llm.create_message', 'completions'],
  ['extensions.emit', 'events'],
  ['storage.upload', 'storedBytes'],
  ['storage.part', 'storedBytes'],
])

/** Uses within the present minute, by whatever they are counted for. */
export interface MinuteCounts {
  /** Counts and answers null, or counts nothing and answers the seconds until there is room again. */
  take(key: string, amount: number, most: number): number | null
}

const MINUTE = 60_000

export function createMinuteCounts(clock: { now(): number }): MinuteCounts {
  let window = 0
  const used = new Map<string, number>()
  return {
    take(key, amount, most) {
      const now = clock.now()
      const present = Math.floor(now / MINUTE)
      if (present !== window) {
        window = present
        used.clear()
      }
      const sum = (used.get(key) ?? 0) + amount
      if (sum > most) return Math.ceil(((present + 1) * MINUTE - now) / 1000)
      used.set(key, sum)
      return null
    },
  }
}

// They live and die with their kernel.
const counts = new WeakMap<KernelParts, MinuteCounts>()
function countsOf(parts: KernelParts): MinuteCounts {
  let found = counts.get(parts)
  if (found === undefined) {
    found = createMinuteCounts(parts.clock)
    counts.set(parts, found)
  }
  return found
}

function amountOf(resource: Resource, args: HostCallback['args']): number {
  if (resource !== 'storedBytes') return 1
  return typeof args[1] === 'string' ? Math.ceil((args[1].length * 3) / 4) : 0
}

/**
 * Counts one callback against what its call and its user may use. A system handler that acts for users has for each of
 * them what a call of theirs would have. What was refused is not counted.
 * @throws CallbackError `quota_exceeded` {resource, limit} when the call has used its share: trying again does not help
 * @throws CallbackError `rate_limited` {retry_after} when the user has, within this minute
 */
export function takeAllowance(session: CallSession, frame: HostCallback): void {
  const resource = USES.get(`${frame.client}.${frame.method}`)
  if (resource === undefined) return
  const { parts, spent } = session
  const { pass, use } = session.call
  const { factor, allowances } = parts.settings.limits
  const { perCall, perUserMinute } = (allowances ?? DEFAULT_ALLOWANCES)[resource]
  const amount = amountOf(resource, frame.args)
  const share = `${resource}:${frame.asUser ?? ''}`
  const sum = (spent.get(share) ?? 0) + amount
  if (sum > perCall)
    throw refusedCallback('quota_exceeded', `One call may use at most ${perCall} ${resource}.`, {
      resource,
      limit: perCall,
    })
  if (factor > 0) {
    const key = [resource, use.app.appId, pass.actor.tenantId, frame.asUser ?? pass.actor.userId].join('\n')
    const wait = countsOf(parts).take(key, amount, perUserMinute * factor)
    if (wait !== null)
      throw refusedCallback('rate_limited', `More than ${perUserMinute * factor} ${resource} within a minute.`, {
        retry_after: wait,
      })
  }
  spent.set(share, sum)
}

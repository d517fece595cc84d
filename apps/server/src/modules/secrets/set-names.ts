import type { Bus } from '../../foundation/bus.ts'
import type { Statement } from '../../foundation/db/index.ts'
import type { StoreScope } from '../../foundation/scope.ts'

const CHANNEL = 'secrets.changed'
const MAX_ENTRIES = 50_000
const keyOf = (scope: StoreScope): string => JSON.stringify([scope.tenantId, scope.userId, scope.appId])

/**
 * Which secrets are set, by name and never by value: every call of an app with required secrets asks this.
 * A change anywhere drops the entry; a read that began before a change is not kept.
 */
export interface SetNames {
  get(scope: StoreScope, load: () => Promise<readonly string[]>): Promise<ReadonlySet<string>>
  /** Tells every node, with the transaction that changes something. */
  changing(scope: StoreScope): Statement
  drop(scope: StoreScope): void
  close(): void
}

export function openSetNames(bus: Bus): SetNames {
  const known = new Map<string, ReadonlySet<string>>()
  let generation = 0
  const forget = (key: string): void => {
    generation += 1
    if (key === '') known.clear()
    else known.delete(key)
  }
  const unsubscribe = bus.subscribe(CHANNEL, forget)
  return {
    async get(scope, load) {
      const key = keyOf(scope)
      const found = known.get(key)
      if (found !== undefined) return found
      const before = generation
      const names = new Set(await load())
      if (before === generation) {
        const oldest = known.size >= MAX_ENTRIES ? known.keys().next().value : undefined
        if (oldest !== undefined) known.delete(oldest)
        known.set(key, names)
      }
      return names
    },
    changing: (scope) => ({ text: 'select pg_notify($1, $2)', values: [CHANNEL, keyOf(scope)] }),
    drop: (scope) => forget(keyOf(scope)),
    close: unsubscribe,
  }
}

import type { SecretRule } from '../clients/secrets.ts'
import type { JsonValue } from '../values/json.ts'
import type { MemoryClock } from './memory-clock.ts'
import type { Owner } from './memory-store.ts'
import { portError } from './port-error.ts'

type Methods = Readonly<Record<string, (owner: Owner, args: readonly JsonValue[]) => JsonValue>>

interface SecretOptions {
  readonly secrets: Readonly<Record<string, string>>
  readonly declaredSecrets: { names: readonly string[]; rule(name: string): SecretRule | undefined } | undefined
  readonly isOwner: boolean
}

/**
 * Secrets of a test: initial values are everybody's, written ones belong to the acting user. Those of scope `app` have one
 * value, which only the owner writes and sees listed.
 */
export function memorySecrets({ secrets: initial, declaredSecrets: declared, isOwner }: SecretOptions): Methods {
  const written = new Map<string, string | null>()
  const isShared = (name: string) => declared?.rule(name)?.scope === 'app'
  const place = (owner: Owner, name: string) => `${isShared(name) ? '__app__' : owner.userId}/${name}`
  const read = (owner: Owner, name: string): string | null => {
    const own = written.get(place(owner, name))
    return own === undefined ? (initial[name] ?? null) : own
  }
  const write = (owner: Owner, name: string, value: string | null): void => {
    if (isShared(name) && !isOwner)
      throw portError('secret_write_forbidden', `Only the owner of the app may write '${name}'.`, { name })
    written.set(place(owner, name), value)
  }
  const names = (owner: Owner) =>
    (declared?.names ?? Object.keys(initial)).filter(
      (name) => !isShared(name) || isOwner || owner.userId.startsWith('__'),
    )
  return {
    get: (owner, [name]) => read(owner, String(name)),
    set: (owner, [name, value]) => {
      write(owner, String(name), String(value))
      return null
    },
    delete: (owner, [name]) => {
      const wasSet = read(owner, String(name)) !== null
      write(owner, String(name), null)
      return wasSet
    },
    is_set: (owner, [name]) => read(owner, String(name)) !== null,
    list: (owner) =>
      names(owner).map((name) => ({
        name,
        description: declared?.rule(name)?.description ?? '(mock)',
        is_set: read(owner, name) !== null,
        last_accessed_at: null,
      })),
  }
}

/** The cache of a test; entries expire on the test's clock. */
export function memoryCache(clock: MemoryClock): Methods {
  const entries = new Map<string, { envelope: JsonValue; expiresAt: number }>()
  const prefix = ({ appId, userId }: Owner, key: JsonValue | undefined) => `${appId}/${userId}/${key}/`
  const get = (owner: Owner, [key, model]: readonly JsonValue[]): JsonValue => {
    const entry = entries.get(prefix(owner, key) + model)
    return entry === undefined || entry.expiresAt <= clock.now() ? null : structuredClone(entry.envelope)
  }
  return {
    get,
    // A test has one host, and within one host the SDK lets one of many fetch.
    claim: get,
    set: (owner, [key, model, envelope, ttl]) => {
      const expiresAt = clock.now() + Number(ttl) * 1000
      entries.set(prefix(owner, key) + model, { envelope: structuredClone(envelope ?? null), expiresAt })
      return null
    },
    delete: (owner, [key]) => {
      for (const place of entries.keys()) if (place.startsWith(prefix(owner, key))) entries.delete(place)
      return null
    },
  }
}

const CAP = 250_000

/** The plan of a test user. */
export function memoryBilling({ balance = 50_000, plan = 'pro' }: { balance?: number; plan?: string }): Methods {
  let left = balance
  const title = plan.charAt(0).toUpperCase() + plan.slice(1)
  return {
    check_limits: () => ({ allowed: true, balance: left, plan, usage: {}, limits: {}, exceeded: [], message: '' }),
    get_subscription: () => ({ plan_id: plan, plan_name: title, status: 'active', period: 'monthly' }),
    get_balance: () => ({ balance: left, plan, cap: CAP }),
    track_usage: (_owner, [, quantity]) => {
      left = Math.max(0, left - Number(quantity))
      return true
    },
    list_plans: () => [{ id: plan, name: title, price: 0, interval: 'month', features: {}, limits: {} }],
    list_entries: () => [],
    list_payments: () => [],
    list_payment_methods: () => [],
    get_auto_topup: () => ({ enabled: false, threshold_pct: 10, recharge_tokens: 20_000, payment_method_id: '' }),
  }
}

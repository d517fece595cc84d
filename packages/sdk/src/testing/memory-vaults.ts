import type { SecretRule } from '../clients/secrets.ts'
import type { JsonValue } from '../values/json.ts'
import { isObject, type JsonObject } from '../values/json.ts'
import type { MemoryClock } from './memory-clock.ts'
import type { Owner } from './memory-store.ts'
import { portError } from './port-error.ts'

type Methods = Readonly<Record<string, (owner: Owner, args: readonly JsonValue[]) => JsonValue>>

/** Secrets of a test: initial values are everybody's, written ones belong to the acting user. */
export function memorySecrets(
  initial: Readonly<Record<string, string>>,
  declared: { names: readonly string[]; rule(name: string): SecretRule | undefined } | undefined,
): Methods {
  const written = new Map<string, string | null>()
  const place = (owner: Owner, name: string) => `${owner.userId}/${name}`
  const read = (owner: Owner, name: string): string | null => {
    const own = written.get(place(owner, name))
    return own === undefined ? (initial[name] ?? null) : own
  }
  const names = () => declared?.names ?? Object.keys(initial)
  return {
    get: (owner, [name]) => read(owner, String(name)),
    set: (owner, [name, value]) => {
      written.set(place(owner, String(name)), String(value))
      return null
    },
    delete: (owner, [name]) => {
      const wasSet = read(owner, String(name)) !== null
      written.set(place(owner, String(name)), null)
      return wasSet
    },
    is_set: (owner, [name]) => read(owner, String(name)) !== null,
    list: (owner) =>
      names().map((name) => ({
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
  return {
    get: (owner, [key, model]) => {
      const entry = entries.get(prefix(owner, key) + model)
      return entry === undefined || entry.expiresAt <= clock.now() ? null : structuredClone(entry.envelope)
    },
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

/** The files of a test. */
export function memoryStorage(clock: MemoryClock): Methods {
  const files = new Map<string, JsonObject & { content_base64: string }>()
  const info = ({ content_base64: content, ...file }: JsonObject & { content_base64: string }): JsonObject => ({
    ...file,
    size: Math.floor((content.length * 3) / 4),
  })
  return {
    upload: (_owner, [path, content, type]) => {
      const file = {
        path: String(path),
        content_base64: String(content),
        content_type: type ?? '',
        created_at: clock.iso(),
        url: `memory:${path}`,
      }
      files.set(file.path, file)
      return info(file)
    },
    download: (_owner, [path]) => {
      const file = files.get(String(path))
      if (file === undefined) throw portError('not_found', 'No such file', { resource: 'file', id: String(path) })
      return { content_base64: file.content_base64 }
    },
    delete: (_owner, [path]) => files.delete(String(path)),
    list: (_owner, [start]) =>
      [...files.values()].filter(({ path }) => String(path).startsWith(String(start))).map(info),
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
  }
}

/** Model answers of a test: the first pattern found in the prompt decides. */
export class MemoryAi {
  readonly prompts: string[] = []
  readonly #responses: { pattern: string | RegExp; response: string | ((prompt: string) => string) }[] = []

  setResponse(pattern: string | RegExp, response: string | ((prompt: string) => string)): void {
    this.#responses.push({ pattern, response })
  }

  complete(request: JsonValue | undefined): JsonObject {
    const { prompt, model } = isObject(request) ? (request as JsonObject) : {}
    const text = String(prompt ?? '')
    if (text === '') throw portError('validation_error', 'A prompt is needed.', { field: 'prompt' })
    this.prompts.push(text)
    const hit = this.#responses.find(({ pattern }) =>
      typeof pattern === 'string' ? text.toLowerCase().includes(pattern.toLowerCase()) : pattern.test(text),
    )
    const answer = typeof hit?.response === 'function' ? hit.response(text) : hit?.response
    return { text: answer ?? 'Mock AI response', model: model || 'mock', usage: {}, stop_reason: 'end_turn' }
  }
}

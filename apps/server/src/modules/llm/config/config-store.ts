import { AssistantLimits, type JsonObject, LlmConfig, LlmProvider } from '@imperal/contract'
import { type Database, EVERY_TENANT } from '../../../foundation/db/index.ts'
import type { Keyring } from '../../../foundation/keyring.ts'
import { llmErrors } from '../errors.ts'

/** What administrators set, with the keys of providers beside it. */
export interface StoredConfig {
  readonly config: LlmConfig
  readonly keys: Readonly<Partial<Record<LlmProvider, string>>>
  readonly limits: AssistantLimits
}

export interface ConfigStore {
  /** At most a few seconds old on every node (K9.3). */
  current(): Promise<StoredConfig>
  /** What was read last, at once. */
  known(): StoredConfig
  /** Merges a change; the change's keys are sealed. @throws LLM_BAD_ADDRESS */
  change(change: LlmConfig): Promise<StoredConfig>
}

const FRESH_MS = 5_000
const seals = (provider: string): string => `llm.config:${provider}`
const READ = 'select config, sealed_keys from llm.config'
const WRITE = `insert into llm.config (only_one, config, sealed_keys) values (true, $1, $2)
on conflict (only_one) do update set config = excluded.config, sealed_keys = excluded.sealed_keys, updated_at = now()`

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Objects are merged, null takes a member away, everything else is replaced. */
export function merged(before: Record<string, unknown>, change: Record<string, unknown>): Record<string, unknown> {
  const after: Record<string, unknown> = { ...before }
  for (const [name, value] of Object.entries(change)) {
    if (value === null) delete after[name]
    else if (isObject(value)) after[name] = merged(isObject(before[name]) ? before[name] : {}, value)
    else if (value !== undefined) after[name] = value
  }
  return after
}

/** `…abcd`: tells two keys apart and is none. */
export const maskKey = (key: string): string => (key.length < 12 ? '…' : `…${key.slice(-4)}`)
const isMasked = (key: string): boolean => key.startsWith('…') || key.includes('...')

function checkAddress(address: string | null | undefined): void {
  if (address == null || address === '') return
  const url = URL.canParse(address) ? new URL(address) : null
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw llmErrors.BAD_ADDRESS()
}

/** The change in its one form: address and key stand with their provider. */
function normal(change: LlmConfig, before: LlmConfig): LlmConfig {
  const { api_key, base_url, ...rest } = change
  const provider = change.provider ?? before.provider
  if ((api_key === undefined && base_url === undefined) || provider == null) return rest
  const own = rest.providers?.[provider] ?? {}
  const access = {
    ...own,
    ...(api_key === undefined ? {} : { api_key }),
    ...(base_url === undefined ? {} : { base_url }),
  }
  return { ...rest, providers: { ...rest.providers, [provider]: access } }
}

export function openConfigStore({
  db,
  keyring,
  now,
}: {
  readonly db: Database
  readonly keyring: Keyring
  now(): number
}): ConfigStore {
  let known: StoredConfig = { config: {}, keys: {}, limits: AssistantLimits.parse({}) }
  let readAt = Number.NEGATIVE_INFINITY
  let reading: Promise<StoredConfig> | null = null

  const opened = (config: unknown, sealed: unknown): StoredConfig => {
    const parsed = LlmConfig.parse(config)
    const keys = Object.fromEntries(
      Object.entries(isObject(sealed) ? sealed : {}).map(([provider, value]) => [
        provider,
        keyring.open(String(value), seals(provider)),
      ]),
    )
    // A figure out of its range was stored by another version: the default holds.
    const limits = Object.fromEntries(
      Object.entries(parsed.assistant ?? {}).filter(
        ([name, value]) => value != null && AssistantLimits.partial().safeParse({ [name]: value }).success,
      ),
    )
    return { config: parsed, keys, limits: AssistantLimits.parse(limits) }
  }
  const read = async (): Promise<StoredConfig> => {
    const [result] = await db.atomic(EVERY_TENANT, [{ text: READ, values: [] }])
    const row = result?.rows[0] as { config: JsonObject; sealed_keys: JsonObject } | undefined
    known = opened(row?.config ?? {}, row?.sealed_keys ?? {})
    readAt = now()
    return known
  }

  return {
    known: () => known,
    async current() {
      if (now() - readAt < FRESH_MS) return known
      reading ??= read().finally(() => {
        reading = null
      })
      return reading
    },
    async change(change) {
      const before = await read()
      const asked = normal(change, before.config)
      for (const access of Object.values(asked.providers ?? {})) checkAddress(access?.base_url)
      const keys: Partial<Record<LlmProvider, string>> = { ...before.keys }
      const providers: Record<string, unknown> = {}
      for (const [name, access] of Object.entries(asked.providers ?? {})) {
        const provider = LlmProvider.parse(name)
        const { api_key, ...open } = access ?? {}
        providers[provider] = access === null ? null : open
        const old = before.config.providers?.[provider]?.base_url ?? null
        // A key was meant for the address that it was given with.
        const moved = open.base_url !== undefined && (open.base_url ?? null) !== old
        if (access === null || api_key === null || (moved && api_key === undefined)) delete keys[provider]
        else if (api_key !== undefined && api_key !== '' && !isMasked(api_key)) keys[provider] = api_key
        else if (moved) delete keys[provider]
      }
      const next = merged(before.config, { ...asked, ...(asked.providers ? { providers } : {}) })
      const sealed = Object.fromEntries(
        Object.entries(keys).map(([provider, key]) => [provider, keyring.seal(key, seals(provider))]),
      )
      const values = [JSON.stringify(LlmConfig.parse(next)), JSON.stringify(sealed)]
      await db.atomic(EVERY_TENANT, [{ text: WRITE, values }])
      return read()
    },
  }
}

/** The configuration as people and services read it: which keys there are, never the keys. */
export function shownConfig({ config, keys }: StoredConfig): JsonObject {
  const access = Object.fromEntries(
    LlmProvider.options.flatMap((provider) => {
      const base_url = config.providers?.[provider]?.base_url ?? null
      const key = keys[provider]
      if (base_url === null && key === undefined) return []
      return [[provider, { base_url, api_key: key === undefined ? null : maskKey(key) }]]
    }),
  )
  return JSON.parse(JSON.stringify({ ...config, providers: access })) as JsonObject
}

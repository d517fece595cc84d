import type { SecretsScope, Vault } from './secrets.ts'
import type { Transport } from './transport.ts'

/** The environment, where there is one: an extension host has none. */
function environment(): Record<string, string | undefined> {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } }
  return process?.env ?? {}
}

/**
 * Values from the environment when `IMPERAL_DEV_MODE` is on: `IMPERAL_SECRET_<NAME>`. Writing does nothing but warn.
 * Undefined outside development mode.
 */
export function devSecrets(transport: Transport, scope: SecretsScope): Vault | undefined {
  if (!/^(?:1|true|yes|on)$/i.test(environment().IMPERAL_DEV_MODE ?? '')) return undefined
  const read = (name: string) => environment()[`IMPERAL_SECRET_${name.toUpperCase()}`] ?? null
  const ignored = (verb: string, name: string) =>
    transport.log('warn', `secrets.${verb}('${name}') does nothing in development mode`)
  return {
    get: async (name) => read(name),
    set: async (name) => ignored('set', name),
    delete: async (name) => {
      ignored('delete', name)
      return false
    },
    isSet: async (name) => read(name) !== null,
    list: async () =>
      scope.declared.map((name) => ({
        name,
        description: scope.rule(name)?.description ?? '',
        isSet: read(name) !== null,
        lastAccessedAt: null,
      })),
  }
}

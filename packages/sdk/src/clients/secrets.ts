import type { HandlerKind } from '@imperal/contract/host-protocol'
import { byteLength } from '../encoding.ts'
import { ContextUnavailable, SecretNotDeclaredError, SecretValueTooLarge, SecretWriteForbidden } from '../errors.ts'
import { freeze } from '../values/json.ts'
import { SecretStatus } from '../values/results.ts'
import { devSecrets } from './dev-secrets.ts'
import type { Transport } from './transport.ts'

/** Handle of a declared secret. */
export interface SecretRef<N extends string = string> {
  readonly secretName: N
}

/** Encrypted credentials (sdk.md 3.14). Values are never kept by the SDK and never part of an error. */
export interface SecretsClient {
  /** Null when declared but not set. */
  get(secret: string | SecretRef): Promise<string | null>
  set(secret: string | SecretRef, value: string): Promise<void>
  delete(secret: string | SecretRef): Promise<boolean>
  isSet(secret: string | SecretRef): Promise<boolean>
  list(): Promise<readonly SecretStatus[]>
}

/** The secrets of webhooks. */
export interface WebhookSecretsClient extends SecretsClient {
  forUser(userId: string): SecretsClient
}

/** What the SDK must know of a declaration to refuse a call before it is sent. */
export interface SecretRule {
  readonly description: string
  readonly writeMode: 'user' | 'extension' | 'both'
  readonly maxBytes: number
  readonly scope: 'user' | 'app'
}

export interface SecretsScope {
  readonly kind: HandlerKind
  /** The declaration of a name; undefined when the extension declares none. */
  rule(name: string): SecretRule | undefined
  readonly declared: readonly string[]
  readonly mayActForUsers: boolean
}

/** Access of health checks: nothing is readable, nothing may be written. */
export function createSecretsStub(): SecretsClient {
  const refuse = (secret: string | SecretRef) => Promise.reject(new SecretWriteForbidden(nameOf(secret)))
  return freeze({
    get: async () => null,
    isSet: async () => false,
    list: async () => [],
    set: refuse,
    delete: refuse,
  })
}

export function createSecrets(transport: Transport, scope: SecretsScope): WebhookSecretsClient {
  const vault = devSecrets(transport, scope) ?? kernelVault(transport)
  const ruleOf = (name: string): SecretRule => {
    const rule = scope.rule(name)
    if (rule === undefined) throw new SecretNotDeclaredError(name)
    return rule
  }
  const writable = (name: string): SecretRule => {
    const rule = ruleOf(name)
    if (rule.writeMode === 'user') throw new SecretWriteForbidden(name)
    return rule
  }
  return freeze({
    get: async (secret: string | SecretRef) => {
      const name = nameOf(secret)
      ruleOf(name)
      return vault.get(name)
    },
    set: async (secret: string | SecretRef, value: string) => {
      const name = nameOf(secret)
      const { maxBytes } = writable(name)
      if (byteLength(value) > maxBytes) throw new SecretValueTooLarge(name, maxBytes)
      await vault.set(name, value)
    },
    delete: async (secret: string | SecretRef) => {
      const name = nameOf(secret)
      writable(name)
      return vault.delete(name)
    },
    isSet: async (secret: string | SecretRef) => {
      const name = nameOf(secret)
      ruleOf(name)
      return vault.isSet(name)
    },
    list: () => vault.list(),
    forUser: (userId: string) => {
      if (!scope.mayActForUsers) throw new ContextUnavailable('secrets.forUser', scope.kind)
      return createSecrets(transport.forUser(userId), { ...scope, mayActForUsers: false })
    },
  })
}

/** Where values live, once a name is known to be allowed. */
export interface Vault {
  get(name: string): Promise<string | null>
  set(name: string, value: string): Promise<void>
  delete(name: string): Promise<boolean>
  isSet(name: string): Promise<boolean>
  list(): Promise<readonly SecretStatus[]>
}

function kernelVault(transport: Transport): Vault {
  return {
    get: async (name) => {
      const value = await transport.call('secrets', 'get', name)
      return typeof value === 'string' ? value : null
    },
    set: async (name, value) => {
      await transport.call('secrets', 'set', name, value)
    },
    delete: async (name) => (await transport.call('secrets', 'delete', name)) === true,
    isSet: async (name) => (await transport.call('secrets', 'is_set', name)) === true,
    list: async () => {
      const wire = await transport.call('secrets', 'list')
      return Array.isArray(wire) ? wire.map(SecretStatus.fromWire) : []
    },
  }
}

function nameOf(secret: string | SecretRef): string {
  return typeof secret === 'string' ? secret : secret.secretName
}

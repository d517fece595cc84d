import { z } from 'zod'
import type { Clock } from '../../foundation/clock.ts'
import type { Keyring } from '../../foundation/keyring.ts'
import type { StoreScope } from '../../foundation/scope.ts'
import { storageErrors } from './errors.ts'

/** How long an address of a file works (sdk.md 3.9). */
const LIFETIME_MS = 24 * 3_600_000
const CONTEXT = 'storage-link'
const Link = z.tuple([z.string(), z.string(), z.string(), z.string(), z.number()])

/** Addresses that open one file for whoever has them: sealed, so nobody can make or change one. */
export interface Links {
  urlOf(scope: StoreScope, path: string): string
  /** @throws STORAGE_NOT_FOUND for a forged one, STORAGE_LINK_EXPIRED */
  read(token: string): { readonly scope: StoreScope; readonly path: string }
}

export function openLinks(options: {
  readonly keyring: Keyring
  readonly clock: Clock
  readonly publicUrl: string
}): Links {
  const { keyring, clock } = options
  const opened = (token: string): z.infer<typeof Link> => {
    try {
      return Link.parse(JSON.parse(keyring.open(token, CONTEXT)))
    } catch (cause) {
      throw storageErrors.NOT_FOUND({}, cause)
    }
  }
  return {
    urlOf(scope, path) {
      const link = [scope.tenantId, scope.appId, scope.userId, path, clock.now() + LIFETIME_MS]
      return `${options.publicUrl}/v1/files/${keyring.seal(JSON.stringify(link), CONTEXT)}`
    },
    read(token) {
      const [tenantId, appId, userId, path, expires] = opened(token)
      if (expires <= clock.now()) throw storageErrors.LINK_EXPIRED()
      return { scope: { tenantId, appId, userId }, path }
    },
  }
}

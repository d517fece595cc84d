import { z } from 'zod'
import type { Clock } from '../../foundation/clock.ts'
import type { Keyring } from '../../foundation/keyring.ts'
import { storageErrors } from './errors.ts'

/** How long an address of a file works (sdk.md 3.9). */
const LIFETIME_MS = 24 * 3_600_000
const CONTEXT = 'storage-link'
const Link = z.tuple([z.string(), z.string(), z.number()])

/** One content of a tenant. */
export interface LinkTarget {
  readonly tenantId: string
  readonly blob: string
}

/** Addresses that open one content for whoever has them: sealed, so nobody can make or change one. */
export interface Links {
  urlOf(target: LinkTarget): string
  /** @throws STORAGE_NOT_FOUND for a forged one, STORAGE_LINK_EXPIRED */
  read(token: string): LinkTarget
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
    urlOf({ tenantId, blob }) {
      const sealed = keyring.seal(JSON.stringify([tenantId, blob, clock.now() + LIFETIME_MS]), CONTEXT)
      return `${options.publicUrl}/v1/files/${sealed}`
    },
    read(token) {
      const [tenantId, blob, expires] = opened(token)
      if (expires <= clock.now()) throw storageErrors.LINK_EXPIRED()
      return { tenantId, blob }
    },
  }
}

import type { SessionKind } from '@imperal/contract'

/** Whose session it is: every query of this module names all three. */
export interface SessionKey {
  readonly tenantId: string
  readonly userId: string
  readonly sessionId: string
}

interface Parts {
  readonly marathon: boolean
  readonly repoKey: string
  readonly slot: string | null
}

/** `{marathon|coding}-{user id}-r{repo key}`, with `-s{slot}` where there is one (api.md 3.22). */
export const sessionIdOf = (userId: string, { marathon, repoKey, slot }: Parts): string =>
  `${marathon ? 'marathon' : 'coding'}-${userId}-r${repoKey}${slot === null ? '' : `-s${slot}`}`

/** The kind of a session that this user may name; null when the id is none, or somebody else's. The owner part is never trusted. */
export function kindOfOwn(userId: string, sessionId: string): SessionKind | null {
  for (const kind of ['marathon', 'coding'] as const) {
    const start = `${kind}-${userId}-r`
    if (sessionId.startsWith(start) && /^[A-Za-z0-9_.-]{1,100}$/.test(sessionId.slice(start.length))) return kind
  }
  return null
}

import { createHmac } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../../foundation/clock.ts'
import { type Database, EVERY_TENANT } from '../../foundation/db/index.ts'
import type { CallClaims } from '../../foundation/http/index.ts'
import type { Log } from '../../foundation/log.ts'
import { identityErrors } from './errors.ts'
import { hashOf, sameSecret } from './secret-hash.ts'

const LONGEST = 2_048
/** Seconds that a token may live: far more than any call takes, and a time that the database can hold. */
const LONGEST_LIFE = 3_600
const PART = /^[A-Za-z0-9_-]+$/
const SCHEME = /^ImperalCallToken\s+(\S+)$/i

const Payload = z
  .strictObject({
    app_id: z.string().min(1).max(64),
    exp: z.int().positive(),
    iat: z.int().positive(),
    jti: z.string().min(16).max(256),
    tool_type: z.enum(['skeleton', 'panel', 'tool', 'chat_fn']),
    user_id: z.string().min(1).max(64),
  })
  .refine(({ iat, exp }) => exp - iat <= LONGEST_LIFE)

// The row of the first use stays as it is; with no seconds at all no second use fits.
const TAKE = `insert into identity.used_call_token as used (jti_hash, expires_at, first_used_at)
values ($1, to_timestamp($2), to_timestamp($3))
on conflict (jti_hash) do update set jti_hash = excluded.jti_hash
where used.first_used_at > to_timestamp($3) - make_interval(secs => $4) and $4 > 0 returning jti_hash`

function readPayload(encoded: string): z.infer<typeof Payload> {
  try {
    return Payload.parse(JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8')))
  } catch (cause) {
    throw identityErrors.CALL_TOKEN_INVALID({}, cause)
  }
}

export interface CallTokens {
  /**
   * What an `Authorization: ImperalCallToken …` header was made for; the token is used up by this (api.md 1.8).
   * @throws IDENTITY_CALL_TOKEN_INVALID, IDENTITY_CALL_TOKEN_EXPIRED, IDENTITY_CALL_TOKEN_REPLAYED
   */
  redeem(authorization: string | undefined): Promise<CallClaims>
  /** Tokens that were presented again since this node started; should be zero. */
  replayed(): number
}

/** `secrets`: the one in use first, then those of before, while they are rotated. */
export function openCallTokens(options: {
  readonly db: Database
  readonly clock: Clock
  readonly log: Pick<Log, 'error'>
  readonly secrets: readonly string[]
  /** Seconds after its first use in which a token works again, by app and `*`; absent: each works once (api.md 9, row 28). */
  readonly multiUse?: Readonly<Record<string, number>> | undefined
}): CallTokens {
  const isSigned = (payload: string, mac: string): boolean =>
    options.secrets
      .map((secret) => createHmac('sha256', secret).update(payload).digest('base64url'))
      .reduce((found, expected) => sameSecret(expected, mac) || found, false)

  let replayed = 0
  return {
    replayed: () => replayed,
    async redeem(authorization) {
      const token = SCHEME.exec(authorization ?? '')?.[1]
      const [payload = '', mac = '', ...rest] = token?.split('.') ?? []
      const isWellFormed = token !== undefined && token.length <= LONGEST && rest.length === 0
      if (!isWellFormed || !PART.test(payload) || !PART.test(mac)) throw identityErrors.CALL_TOKEN_INVALID()
      if (!isSigned(payload, mac)) throw identityErrors.CALL_TOKEN_INVALID()
      const claims = readPayload(payload)
      if (claims.exp <= options.clock.now() / 1000) throw identityErrors.CALL_TOKEN_EXPIRED()
      const left = claims.exp - options.clock.now() / 1000
      if (left > LONGEST_LIFE || claims.iat >= claims.exp) throw identityErrors.CALL_TOKEN_INVALID()
      const now = options.clock.now() / 1000
      const again = options.multiUse?.[claims.app_id] ?? options.multiUse?.['*'] ?? 0
      const [taken] = await options.db.atomic(EVERY_TENANT, [
        { text: TAKE, values: [hashOf(claims.jti), Math.max(claims.exp, now + 1), now, again] },
      ])
      if (taken?.rowCount !== 1) {
        replayed++
        options.log.error(
          { app: claims.app_id, user: claims.user_id, tool_type: claims.tool_type },
          'a call token was presented a second time and refused',
        )
        throw identityErrors.CALL_TOKEN_REPLAYED()
      }
      return { appId: claims.app_id, userId: claims.user_id, toolType: claims.tool_type }
    },
  }
}

import { errors as joseErrors, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import type { Clock } from '../../foundation/clock.ts'
import { randomId } from '../../foundation/ids.ts'
import { identityErrors } from './errors.ts'
import type { SigningKeys } from './signing-keys.ts'
import type { Actor } from './types.ts'

const Claims = z.object({
  sub: z.string(),
  sid: z.string(),
  tenant_id: z.string(),
  actor_kind: z.literal('user'),
  token_use: z.literal('cli').optional(),
  role: z.string().default('none'),
  scopes: z.array(z.string()).default([]),
  exp: z.number(),
})
/** What of a verified token counts; role and scopes come from the identity store as long as it can be read. */
export type Claims = z.infer<typeof Claims>

export interface AccessTokens {
  sign(
    actor: Actor,
    session: { readonly sessionId: string; readonly tokenUse: 'cli' | null; readonly seconds: number },
  ): Promise<{ token: string; expiresAt: number }>
  /** Verified once, then answered from memory until it expires. @throws IDENTITY_CREDENTIAL_INVALID, IDENTITY_TOKEN_EXPIRED */
  verify(token: string): Promise<Claims>
}

const TOLERANCE_S = 30
const MOST_REMEMBERED = 20_000
const LONGEST_TOKEN = 8_192

export function openAccessTokens(options: { keys: SigningKeys; clock: Clock; issuer: string }): AccessTokens {
  const { keys, clock, issuer } = options
  const verified = new Map<string, Claims>()
  const isOver = (claims: Claims) => claims.exp + TOLERANCE_S <= clock.now() / 1000

  function remember(token: string, claims: Claims): void {
    if (verified.size >= MOST_REMEMBERED) {
      for (const [old, oldClaims] of verified) if (isOver(oldClaims)) verified.delete(old)
      const oldest = verified.keys().next().value
      if (verified.size >= MOST_REMEMBERED && oldest !== undefined) verified.delete(oldest)
    }
    verified.set(token, claims)
  }

  async function check(token: string): Promise<Claims> {
    if (token.length > LONGEST_TOKEN) throw identityErrors.CREDENTIAL_INVALID()
    try {
      const { payload } = await jwtVerify(
        token,
        async ({ kid }) => {
          const key = kid === undefined ? null : await keys.find(kid)
          if (!key) throw identityErrors.CREDENTIAL_INVALID()
          return key
        },
        { algorithms: ['RS256'], clockTolerance: TOLERANCE_S, currentDate: new Date(clock.now()) },
      )
      const claims = Claims.safeParse(payload)
      if (!claims.success) throw identityErrors.CREDENTIAL_INVALID()
      return claims.data
    } catch (error) {
      if (error instanceof joseErrors.JWTExpired) throw identityErrors.TOKEN_EXPIRED()
      if (error instanceof joseErrors.JOSEError) throw identityErrors.CREDENTIAL_INVALID({}, error)
      throw error
    }
  }

  return {
    async sign(actor, session) {
      const { kid, privateKey } = keys.current()
      const issuedAt = Math.floor(clock.now() / 1000)
      const token = await new SignJWT({
        email: actor.email ?? '',
        tenant_id: actor.tenantId,
        agency_id: actor.agencyId,
        org_id: actor.orgId,
        role: actor.role,
        scopes: [...actor.scopes],
        sid: session.sessionId,
        actor_kind: 'user',
        ...(session.tokenUse === null ? {} : { token_use: session.tokenUse }),
      })
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid })
        .setSubject(actor.userId)
        .setIssuer(issuer)
        .setJti(randomId('jti'))
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + session.seconds)
        .sign(privateKey)
      return { token, expiresAt: (issuedAt + session.seconds) * 1000 }
    },
    async verify(token) {
      const known = verified.get(token)
      if (known) {
        if (!isOver(known)) return known
        verified.delete(token)
        throw identityErrors.TOKEN_EXPIRED()
      }
      const claims = await check(token)
      remember(token, claims)
      return claims
    },
  }
}

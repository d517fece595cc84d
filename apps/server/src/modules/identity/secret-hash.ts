import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** What the database keeps of a random token. Enough for 256 random bits: such a token cannot be guessed from it. */
export const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()

/** 256 random bits, base64url. */
export const randomToken = (): string => randomBytes(32).toString('base64url')

/** Compares without telling by its time where two texts differ. */
export const sameSecret = (left: string, right: string): boolean => timingSafeEqual(hashOf(left), hashOf(right))

/** RFC 7636, method S256: whether `verifier` is the one that `challenge` was made of. */
export const provesChallenge = (verifier: string, challenge: string): boolean =>
  sameSecret(hashOf(verifier).toString('base64url'), challenge)

/** 43 characters of base64url: the length of a SHA-256. */
export const CHALLENGE = /^[A-Za-z0-9_-]{43}$/

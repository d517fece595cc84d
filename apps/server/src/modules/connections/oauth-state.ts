import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'

/** What travels through the browser and back (api.md 1.9). */
export const StatePayload = z.object({
  app_id: z.string(),
  user_id: z.string(),
  tenant_id: z.string(),
  provider: z.string(),
  /** Unix seconds. */
  iat: z.number(),
  nonce: z.string().min(16),
})
export type StatePayload = z.infer<typeof StatePayload>

/** What an app signs itself may lack both; what is there counts all the same. */
const LaxPayload = StatePayload.partial({ iat: true, nonce: true })
export type LaxPayload = z.infer<typeof LaxPayload>

const LONGEST = 2048
const MOST_AGE_SECONDS = 600

const macOf = (key: string, payload: string): Buffer => createHmac('sha256', key).update(payload).digest()

/** `base64url(JSON) "." base64url(HMAC-SHA256(key, base64url text))`. */
export function signState(key: string, payload: StatePayload): string {
  const text = Buffer.from(JSON.stringify(payload)).toString('base64url')
  return `${text}.${macOf(key, text).toString('base64url')}`
}

/**
 * Null for a state that was not signed with one of the keys, is no state, or is older than ten minutes. Strict: one without
 * its age or without a nonce is none.
 */
export function readState(
  keys: readonly string[],
  state: string,
  { now, strict }: { readonly now: number; readonly strict: boolean },
): LaxPayload | null {
  if (state.length > LONGEST) return null
  const [text = '', mac = '', more] = state.split('.')
  const given = Buffer.from(mac, 'base64url')
  const isOurs = keys.some((key) => {
    const own = macOf(key, text)
    return own.length === given.length && timingSafeEqual(own, given)
  })
  if (!isOurs || more !== undefined) return null
  try {
    const form = strict ? StatePayload : LaxPayload
    const payload = form.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')))
    const age = payload.iat === undefined ? 0 : now / 1000 - payload.iat
    return age > MOST_AGE_SECONDS || age < -MOST_AGE_SECONDS ? null : payload
  } catch {
    return null // signed by us, but of another form: an older version's
  }
}

/** S256 of RFC 7636. */
export const challengeOf = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url')
export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

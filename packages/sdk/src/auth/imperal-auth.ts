import { utf8 } from '../encoding.ts'
import { AuthError } from '../errors.ts'
import { type UserContext, userFromWire } from '../values/identity.ts'
import { isObject, type JsonObject } from '../values/json.ts'
import { invalid, type ReadToken, readToken } from './read-token.ts'

export interface ImperalAuthOptions {
  /** In the place of the global one. */
  readonly fetch?: typeof fetch
  /** Unix milliseconds; for tests. */
  readonly now?: () => number
}

const RS256 = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
const KEYS_PATH = '/v1/auth/.well-known/jwks.json'
const KEYS_LIVE_MS = 3600 * 1000
/** What clocks of two machines may differ by, in seconds. */
const TOLERANCE = 5

// Named by what takes them: authors compile with the types of browsers, of Node, or of neither.
type Key = Parameters<typeof crypto.subtle.verify>[1]
type Bytes = Parameters<typeof crypto.subtle.verify>[2]
type Keys = ReadonlyMap<string, Key>

const textOr = <T>(value: unknown, fallback: T): string | T =>
  typeof value === 'string' && value !== '' ? value : fallback

/**
 * Tells who a token of the platform belongs to, in a service of your own beside it (sdk.md 3.18). Extensions do not need
 * it: their handlers get the user as `ctx.user`. Signatures are checked here with the public keys of the platform, which
 * are kept for an hour, and fetched once more when a token fits none of them.
 */
export class ImperalAuth {
  readonly #base: string
  readonly #fetch: typeof fetch
  readonly #now: () => number
  #keys: { readonly all: Keys; readonly until: number } | undefined

  constructor(platformUrl: string, options: ImperalAuthOptions = {}) {
    this.#base = platformUrl.replace(/\/+$/, '')
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init))
    this.#now = options.now ?? Date.now
  }

  /**
   * Who the token belongs to, by its own words, once its signature and its end are checked.
   * @throws AuthError `Token expired`, `Invalid token: …`, or that the platform gave no keys
   */
  async verify(token: string): Promise<UserContext> {
    const read = readToken(token)
    if (read.header.alg !== 'RS256') throw invalid('it is not signed with RS256')
    if (!(await this.#isSigned(read))) throw invalid('its signature does not fit')
    return this.#userOf(read)
  }

  /** Whom the platform knows behind the token: the body of `GET /v1/auth/me`. @throws AuthError */
  async getUserInfo(token: string): Promise<JsonObject> {
    const answer = await this.#get('/v1/auth/me', { authorization: `Bearer ${token}` })
    if (answer.status === 401 || answer.status === 403) throw invalid('the platform does not know it')
    if (!answer.ok) throw new AuthError(`The platform answered ${answer.status}`)
    return (await answer.json()) as JsonObject // the route's answer is an object
  }

  async #get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    try {
      return await this.#fetch(this.#base + path, { headers })
    } catch {
      throw new AuthError('The platform cannot be reached')
    }
  }

  /** With the known keys, and once more with fresh ones: keys rotate. */
  async #isSigned(read: ReadToken): Promise<boolean> {
    const known = this.#keys
    if (known !== undefined && this.#now() < known.until && (await fits(read, known.all))) return true
    return fits(read, await this.#fetchKeys())
  }

  async #fetchKeys(): Promise<Keys> {
    const answer = await this.#get(KEYS_PATH)
    if (!answer.ok) throw new AuthError(`The platform gave no keys: it answered ${answer.status}`)
    const { keys = [] } = (await answer.json()) as { keys?: readonly Record<string, unknown>[] } // the route's answer
    const all = new Map<string, Key>()
    for (const [index, key] of keys.entries()) {
      all.set(textOr(key.kid, String(index)), await crypto.subtle.importKey('jwk', key, RS256, false, ['verify']))
    }
    this.#keys = { all, until: this.#now() + KEYS_LIVE_MS }
    return all
  }

  #userOf({ claims }: ReadToken): UserContext {
    const { sub, exp, iat, scopes, attributes } = claims
    if (typeof sub !== 'string' || sub === '') throw invalid('it names nobody')
    if (typeof exp !== 'number' || typeof iat !== 'number') throw invalid('it does not say when it begins and ends')
    const seconds = this.#now() / 1000
    if (exp + TOLERANCE <= seconds) throw new AuthError('Token expired')
    if (iat > seconds + TOLERANCE) throw invalid('it begins later')
    return userFromWire({
      imperal_id: sub,
      email: textOr(claims.email, null),
      tenant_id: textOr(claims.tenant_id, 'default'),
      agency_id: textOr(claims.agency_id, null),
      org_id: textOr(claims.org_id, null),
      role: textOr(claims.role, 'user'),
      scopes: Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === 'string') : [],
      attributes: isObject(attributes) ? (attributes as JsonObject) : {},
      is_active: true,
    })
  }
}

/** A token that names its key is checked with that one only. */
async function fits({ header, signed, signature }: ReadToken, keys: Keys): Promise<boolean> {
  const named = typeof header.kid === 'string' ? keys.get(header.kid) : undefined
  const candidates = named !== undefined ? [named] : typeof header.kid === 'string' ? [] : [...keys.values()]
  for (const key of candidates)
    if (await crypto.subtle.verify(RS256.name, key, signature as Bytes, utf8(signed) as Bytes)) return true
  return false
}

import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** Answers to whatever may not come in; null for what may. */
export type Refusal = { readonly status: number; readonly message: string } | null

const NAMES = ['127.0.0.1', 'localhost', '[::1]']
const SAFE = new Set(['GET', 'HEAD'])

const isSame = (one: string, other: string): boolean => {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}

const cookiesOf = ({ headers }: IncomingMessage): string[] =>
  (headers.cookie ?? '').split(';').map((entry) => entry.trim())

/**
 * Who may speak to the page's server: a browser of this machine that was opened with this run's key. A foreign page cannot
 * (its origin is another, and the cookie stays behind), nor a name that was pointed at loopback (its Host is another).
 */
export class RequestGuard {
  /** In the address that the terminal prints, then in a cookie that no script can read. */
  readonly key = randomBytes(24).toString('base64url')
  readonly #port: number

  constructor(port: number) {
    this.#port = port
  }

  get #cookie(): string {
    return `imperal_try_${this.#port}=${this.key}`
  }

  get cookieHeader(): string {
    return `${this.#cookie}; Path=/; HttpOnly; SameSite=Strict`
  }

  isKey(given: string | null): boolean {
    return given !== null && isSame(given, this.key)
  }

  /** Where it must come from, whatever it brings. */
  checkOrigin({ headers, method = 'GET' }: IncomingMessage): Refusal {
    const own = NAMES.map((name) => `${name}:${this.#port}`)
    if (!own.includes(headers.host ?? '')) return { status: 421, message: 'This address is not mine.' }
    const { origin } = headers
    const isForeign = origin === undefined ? !SAFE.has(method) : !own.some((host) => origin === `http://${host}`)
    return isForeign ? { status: 403, message: 'Only the page itself may ask this.' } : null
  }

  checkCookie(request: IncomingMessage): Refusal {
    return cookiesOf(request).some((cookie) => isSame(cookie, this.#cookie))
      ? null
      : { status: 403, message: 'Open the address that `imperal dev` printed: it carries the key of this run.' }
  }
}

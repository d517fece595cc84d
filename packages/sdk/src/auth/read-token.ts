import { fromBase64Url, fromStrictUtf8 } from '../encoding.ts'
import { AuthError } from '../errors.ts'
import { isObject } from '../values/json.ts'

/** A token taken apart; nothing of it is believed yet. */
export interface ReadToken {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
  /** What the signature is over. */
  readonly signed: string
  readonly signature: Uint8Array
}

const LONGEST_TOKEN = 8192

export const invalid = (reason: string): AuthError => new AuthError(`Invalid token: ${reason}`)

function part(text: string, name: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(fromStrictUtf8(fromBase64Url(text)) ?? '')
    if (isObject(value)) return value
  } catch {
    // Neither base64 nor JSON: told below, in the same words.
  }
  throw invalid(`its ${name} cannot be read`)
}

/** @throws AuthError for what is no signed token */
export function readToken(token: string): ReadToken {
  const pieces = token.split('.')
  const [header, payload, signature] = pieces
  if (token.length > LONGEST_TOKEN || pieces.length !== 3 || !header || !payload || !signature)
    throw invalid('it has not the three parts of a signed token')
  return {
    header: part(header, 'header'),
    claims: part(payload, 'content'),
    signed: `${header}.${payload}`,
    signature: signatureOf(signature),
  }
}

function signatureOf(text: string): Uint8Array {
  try {
    return fromBase64Url(text)
  } catch {
    throw invalid('its signature cannot be read')
  }
}

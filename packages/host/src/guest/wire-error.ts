import { encode } from './encode.ts'
import { sliceText, stringify } from './intrinsics.ts'

const LONGEST_MESSAGE = 4096
const LONGEST_STACK = 16_384
const LARGEST_DETAIL = 64 * 1024

// A thrown value may be a proxy or carry getters that throw; only primitive answers are believed.
function read(thrown: unknown, key: string): unknown {
  if ((typeof thrown !== 'object' && typeof thrown !== 'function') || thrown === null) return undefined
  try {
    return (thrown as Record<string, unknown>)[key]
  } catch {
    return undefined
  }
}

function readText(thrown: unknown, key: string, longest: number): string | undefined {
  const value = read(thrown, key)
  return typeof value === 'string' ? sliceText(value, 0, longest) : undefined
}

function messageOf(thrown: unknown): string {
  if (typeof thrown === 'string') return sliceText(thrown, 0, LONGEST_MESSAGE)
  return readText(thrown, 'message', LONGEST_MESSAGE) ?? `The handler threw ${describe(thrown)} instead of an error`
}

function describe(thrown: unknown): string {
  if (thrown === null || thrown === undefined) return `${thrown}`
  if (typeof thrown === 'number' || typeof thrown === 'boolean') return `the ${typeof thrown} ${thrown}`
  return typeof thrown === 'object' ? 'an object' : `a ${typeof thrown}`
}

const member = (name: string, text: string | undefined): string =>
  text === undefined ? '' : `,"${name}":${stringify(text)}`

function detailText(thrown: unknown): string {
  const detail = read(thrown, 'detail')
  if (typeof detail !== 'object' || detail === null) return ''
  const encoded = encode(detail, LARGEST_DETAIL)
  // An array, or an object that serialises to something else, is not a detail of the contract.
  return 'text' in encoded && encoded.text[0] === '{' ? `,"detail":${encoded.text}` : ''
}

/** Whatever was thrown, as the text of a `WireError`. Never throws and never runs long. */
export function wireErrorText(thrown: unknown, fallbackCode = 'internal'): string {
  const hasMessage = readText(thrown, 'message', 1) !== undefined
  const name = readText(thrown, 'name', 128) ?? (hasMessage ? 'Error' : 'NonError')
  const code = readText(thrown, 'code', 128) ?? fallbackCode
  const retryable = read(thrown, 'retryable')
  return (
    `{"name":${stringify(name)},"code":${stringify(code)},"message":${stringify(messageOf(thrown))}` +
    (typeof retryable === 'boolean' ? `,"retryable":${retryable}` : '') +
    `${detailText(thrown)}${member('stack', readText(thrown, 'stack', LONGEST_STACK))}}`
  )
}

/** The text of a `WireError` that the guest itself reports. */
export function ownErrorText(name: string, code: string, message: string): string {
  return `{"name":${stringify(name)},"code":${stringify(code)},"message":${stringify(message)},"retryable":false}`
}

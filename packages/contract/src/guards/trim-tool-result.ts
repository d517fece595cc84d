import type { JsonValue } from '../json.ts'
import { isObject } from './values.ts'

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))
const KEEP = words(
  'id message_id thread_id note_id from to cc bcc subject name email status RESULT error success sent archived deleted folder account folder_id tag tags',
)
const TRIM = words('body content text html snippet preview description analysis summary message plain')
const CHARACTERS_PER_TOKEN = 3

interface Limits {
  readonly listMax: number
  readonly strMax: number
}

function member(key: string, value: JsonValue, limits: Limits): JsonValue {
  if (KEEP.has(key)) return value
  if (TRIM.has(key) && typeof value === 'string' && value.length > limits.strMax)
    return `${value.slice(0, limits.strMax)}... [${value.length} chars total]`
  return shortened(value, limits)
}

function shortened(value: JsonValue, limits: Limits): JsonValue {
  if (Array.isArray(value)) {
    const kept = value.slice(0, limits.listMax).map((item) => shortened(item, limits))
    const more = value.length - kept.length
    return more > 0 ? [...kept, `[...${more} more items]`] : kept
  }
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, member(key, inner as JsonValue, limits)]))
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    return undefined // not JSON: it is cut as text
  }
}

/** A tool's result in the size that a model is given (sdk.md 9.6): a token counts as three characters. */
export function trimToolResult(
  text: string,
  { maxTokens = 3000, listMax = 5, strMax = 500 }: { maxTokens?: number; listMax?: number; strMax?: number } = {},
): string {
  const most = maxTokens * CHARACTERS_PER_TOKEN
  if (text.length <= most) return text
  const json = parsed(text)
  const trimmed = json === undefined ? text : JSON.stringify(shortened(json, { listMax, strMax }))
  return trimmed.length <= most ? trimmed : `${trimmed.slice(0, most)}\n[...truncated, ${text.length} chars total]`
}

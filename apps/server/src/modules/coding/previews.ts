import type { JsonObject, JsonValue } from '@imperal/contract'
import { maskArguments, maskPersonal } from '../kernel/index.ts'

/** Longest preview of a step, in characters (api.md 3.22). */
export const PREVIEW_CHARS = 2000

export interface Preview {
  readonly preview: string
  readonly bytes: number
}

const cut = (text: string): string => (text.length > PREVIEW_CHARS ? `${text.slice(0, PREVIEW_CHARS - 1)}…` : text)

/** Arguments as whoever looks at a step later sees them: secrets redacted, personal data masked. */
export function previewOfArgs(args: JsonObject): Preview {
  return { preview: cut(JSON.stringify(maskArguments(args))), bytes: Buffer.byteLength(JSON.stringify(args)) }
}

// `NAME_TOKEN=value`, `password: value` and the like, as files and shells print them.
const SECRET_LINE =
  /((?:[\w.-]*(?:pass(?:word|wd)?|secret|token|api[_-]?key|private[_-]?key|credential)[\w.-]*)["']?\s*[:=]\s*)["']?[^\s"',;]{4,}/gi

export const previewOfResult = (text: string): Preview => ({
  preview: cut(maskPersonal(text.replace(SECRET_LINE, '$1[redacted]'))),
  bytes: Buffer.byteLength(text),
})

const LONGEST_SUMMARY = 160
const TELLING = ['path', 'file_path', 'file', 'command', 'cmd', 'pattern', 'query', 'reason', 'title', 'name'] as const

/** What a call is about, in a few words that are all its own. */
export function summaryOf(tool: string, args: JsonObject): string {
  const found: JsonValue | undefined = TELLING.map((name) => args[name]).find((value) => typeof value === 'string')
  const text = typeof found === 'string' ? `${tool}: ${found.replaceAll(/\s+/g, ' ')}` : tool
  return text.length > LONGEST_SUMMARY ? `${text.slice(0, LONGEST_SUMMARY - 1)}…` : text
}

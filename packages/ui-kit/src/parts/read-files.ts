import type { JsonObject } from '@imperal/contract'
import { say } from '../words.ts'

export interface FileRules {
  readonly accept: string
  readonly maxSizeMb: number
  readonly maxTotalMb: number
  readonly maxFiles: number
  readonly multiple: boolean
  readonly blocked: readonly string[]
}

export interface FileRefusal {
  readonly name: string
  readonly reason: string
}

const MB = 1_048_576

/** Sorts picked files into those that may be read and those that may not, each with its reason (ui 4.13). */
export function sortFiles(
  files: readonly File[],
  rules: FileRules,
): { readonly accepted: File[]; readonly refused: FileRefusal[] } {
  const accepted: File[] = []
  const refused: FileRefusal[] = []
  const most = rules.multiple ? rules.maxFiles : 1
  let total = 0
  for (const file of files) {
    const reason =
      refusal(file, rules) ||
      (most > 0 && accepted.length >= most ? say('At most {count} files.', { count: most }) : '') ||
      (rules.maxTotalMb > 0 && total + file.size > rules.maxTotalMb * MB
        ? say('Together more than {count} MB.', { count: rules.maxTotalMb })
        : '')
    if (reason !== '') refused.push({ name: fileName(file.name), reason })
    else {
      accepted.push(file)
      total += file.size
    }
  }
  return { accepted, refused }
}

function refusal(file: File, rules: FileRules): string {
  const extension = file.name.includes('.') ? (file.name.split('.').at(-1) ?? '').toLowerCase() : ''
  if (rules.blocked.some((one) => one.toLowerCase().replace(/^\./, '') === extension && extension !== ''))
    return say('.{extension} files are not allowed.', { extension })
  if (!accepts(file, extension, rules.accept)) return say('This kind of file is not expected here.')
  return rules.maxSizeMb > 0 && file.size > rules.maxSizeMb * MB
    ? say('Larger than {count} MB.', { count: rules.maxSizeMb })
    : ''
}

function accepts(file: File, extension: string, accept: string): boolean {
  const kinds = accept
    .split(',')
    .map((kind) => kind.trim().toLowerCase())
    .filter((kind) => kind !== '')
  if (kinds.length === 0 || kinds.includes('*') || kinds.includes('*/*')) return true
  return kinds.some((kind) =>
    kind.startsWith('.')
      ? kind.slice(1) === extension
      : kind.endsWith('/*')
        ? file.type.startsWith(kind.slice(0, -1))
        : kind === file.type,
  )
}

/** What one call carries: as base64, with what else is in it, at most 4 MiB (docs/decisions/2026-11-30-uploads-in-calls.md). */
const MOST_IN_CALL = 2.75 * MB

/** Files in the order in which they were picked, as many to a call as fit into it. */
export function inCalls<T extends { readonly file: Pick<File, 'size'> }>(rows: readonly T[]): T[][] {
  const calls: T[][] = []
  let size = Number.POSITIVE_INFINITY
  for (const row of rows) {
    size += row.file.size
    if (size > MOST_IN_CALL) {
      calls.push([])
      size = row.file.size
    }
    calls.at(-1)?.push(row)
  }
  return calls
}

/** The name without path parts and control characters. */
export function fileName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
  return (name.split(/[\\/]/).at(-1) ?? '').replace(/[\u0000-\u001f\u007f\u202a-\u202e]/g, '').slice(0, 255) || 'file'
}

/** A file as it travels. Rejects when the file cannot be read. */
export async function readFile(file: File, clientId: string): Promise<JsonObject> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  return {
    client_id: clientId,
    name: fileName(file.name),
    size: file.size,
    mime_type: file.type || 'application/octet-stream',
    data_base64: base64(bytes),
  }
}

function base64(bytes: Uint8Array): string {
  const parts: string[] = []
  // fromCharCode takes its bytes as arguments, and engines limit how many there may be.
  for (let at = 0; at < bytes.length; at += 0x8000) parts.push(String.fromCharCode(...bytes.subarray(at, at + 0x8000)))
  return btoa(parts.join(''))
}

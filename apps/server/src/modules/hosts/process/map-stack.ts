import { SourceMap, type SourceMapPayload } from 'node:module'
import type { WireError } from '@imperal/contract'
import { EXTENSION_MODULE, GUEST_MODULE } from '@imperal/host'

const POSITION = new RegExp(`${EXTENSION_MODULE.replace('.', '\\.')}:(\\d+):(\\d+)`, 'g')
const OURS = new RegExp(`\\b${GUEST_MODULE.replace('.', '\\.')}:\\d|\\(?node-internal:|\\(?cloudflare-internal:`)

/** Rewrites errors of one bundle so that their stacks point into the author's source. */
export type StackMapper = (error: WireError) => WireError

const readable = (source: string): string => source.replace(/^(?:file:\/\/)?(?:\.{1,2}\/)+/, '')

function readMap(text: string | null): SourceMap | null {
  try {
    return text === null ? null : new SourceMap(JSON.parse(text) as SourceMapPayload)
  } catch {
    // The author uploaded something else as a source map; stacks then show the bundle's own lines.
    return null
  }
}

/** The map is parsed at the first error, not before. Without a usable map the stack keeps the bundle's positions. */
export function createStackMapper(sourceMap: string | null): StackMapper {
  let map: SourceMap | null | undefined
  const place = (match: string, line: string, column: string): string => {
    map ??= readMap(sourceMap)
    const entry = map?.findEntry(Number(line) - 1, Number(column) - 1)
    if (entry === undefined || !('originalSource' in entry) || typeof entry.originalSource !== 'string') return match
    return `${readable(entry.originalSource)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`
  }
  return (error) => {
    if (error.stack === undefined) return error
    const lines = error.stack.split('\n').filter((line) => !OURS.test(line))
    return { ...error, stack: lines.join('\n').replace(POSITION, place) }
  }
}

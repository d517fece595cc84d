import { SourceMap } from 'node:module'

export interface SourcePlace {
  /** Relative to the project. */
  readonly file: string
  readonly line: number
  readonly column: number
}

export interface StackMapper {
  /** The place in the sources of a place in the bundle; both count from 1. */
  place(line: number, column: number): SourcePlace | undefined
  /** A stack of an extension host, in the places and names of the author. */
  stack(text: string): string
}

/** `at name (extension.js:12:3)`, or the same with the address of a file; never a source that only ends like that. */
const FRAME = /(?<=^|[\s(])(?:file:\/\/[^\s()]*\/|[^\s()]*\/(?=bundle\.mjs))?((?:extension|bundle)\.m?js):(\d+):(\d+)/gm
/** Frames of the program that runs extensions, and of the SDK, say nothing to its author. */
const FOREIGN = /^\s+at (?:.*\bguest\.js:\d+|.*node_modules\/@imperal\/sdk\/|new Promise \(<anonymous>\))/

/** Reads a source map once. An empty one maps nothing. */
export function createStackMapper(map: string): StackMapper {
  const payload = map === '' ? undefined : JSON.parse(map)
  const source = payload === undefined ? undefined : new SourceMap(payload)
  const place = (line: number, column: number): SourcePlace | undefined => {
    const found = source?.findEntry(line - 1, column - 1)
    if (found === undefined || !('originalSource' in found) || found.originalSource === undefined) return undefined
    return { file: found.originalSource, line: found.originalLine + 1, column: found.originalColumn + 1 }
  }
  const mapped = (frame: string, name: string, line: string, column: string): string => {
    // The platform maps what is thrown; the name then means a file of the author.
    if (payload?.sources.includes(name)) return frame
    const found = place(Number(line), Number(column))
    return found === undefined ? frame : `${found.file}:${found.line}:${found.column}`
  }
  return {
    place,
    stack: (text) =>
      text
        .split('\n')
        .map((line) => line.replace(FRAME, mapped))
        .filter((line) => !FOREIGN.test(line))
        .join('\n'),
  }
}

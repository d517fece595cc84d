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

/** `at name (extension.js:12:3)`, whatever folder or scheme stands before the file. */
const FRAME = /\(?(?:[^\s()]*\/)?(?:extension|bundle)\.m?js:(\d+):(\d+)\)?/g
/** Frames of the program that runs extensions say nothing to its author. */
const FOREIGN = /^\s+at .*\bguest\.js:\d+/

/** Reads a source map once. An unreadable one maps nothing. */
export function createStackMapper(map: string): StackMapper {
  const source = map === '' ? undefined : new SourceMap(JSON.parse(map))
  const place = (line: number, column: number): SourcePlace | undefined => {
    const found = source?.findEntry(line - 1, column - 1)
    if (found === undefined || !('originalSource' in found) || found.originalSource === undefined) return undefined
    return { file: found.originalSource, line: found.originalLine + 1, column: found.originalColumn + 1 }
  }
  const mapped = (frame: string, line: string, column: string): string => {
    const found = place(Number(line), Number(column))
    if (found === undefined) return frame
    const text = `${found.file}:${found.line}:${found.column}`
    return frame.startsWith('(') ? `(${text})` : text
  }
  return {
    place,
    stack: (text) =>
      text
        .split('\n')
        .filter((line) => !FOREIGN.test(line))
        .map((line) => line.replace(FRAME, mapped))
        .join('\n'),
  }
}

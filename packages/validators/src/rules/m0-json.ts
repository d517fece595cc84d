import type { Issue } from '../issue.ts'

/** Id of the finding that `parseManifestText` gives; a text that is no JSON reaches no other rule. */
export const M0 = 'M0'

const FIX = 'Run `imperal build` to write the file again, or correct the JSON.'

function lineOf(text: string, error: unknown): number {
  const message = error instanceof Error ? error.message : ''
  const line = /\bline (\d+)/.exec(message)?.[1]
  if (line !== undefined) return Number(line)
  const position = /\bposition (\d+)/.exec(message)?.[1]
  const offset = position === undefined ? text.length : Number(position)
  return text.slice(0, offset).split('\n').length
}

/** The JSON of a manifest file, or M0 with the line at which it breaks. */
export function parseManifestText(text: string, file = 'imperal.json'): { value: unknown } | { issue: Issue } {
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const message = `[root] the file is not JSON: ${reason}`
    return { issue: { rule: M0, level: 'ERROR', message, file, line: lineOf(text, error), fix: FIX } }
  }
}

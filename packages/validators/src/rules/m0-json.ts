import type { Issue } from '../issue.ts'

/** Id of the finding that `parseManifestText` gives; a text that is no JSON reaches no other rule. */
export const M0 = 'M0'

const FIX = 'Run `imperal build` to write the file again, or correct the JSON.'

/** True when a text that may go on is wrong already, whatever follows. */
function isBroken(prefix: string): boolean {
  try {
    JSON.parse(prefix)
    return false
  } catch (error) {
    const message = error instanceof Error ? error.message : ''
    const position = /\bposition (\d+)/.exec(message)?.[1]
    return position === undefined ? !message.startsWith('Unexpected end') : Number(position) < prefix.length
  }
}

/** Engines do not always say where: the shortest beginning that is wrong ends at the place. */
function lineOfError(text: string): number {
  let [fine, broken] = [0, text.length]
  while (broken - fine > 1) {
    const middle = (fine + broken) >> 1
    if (isBroken(text.slice(0, middle))) broken = middle
    else fine = middle
  }
  return text.slice(0, broken - 1).split('\n').length
}

/** The JSON of a manifest file, or M0 with the line at which it breaks. */
export function parseManifestText(text: string, file = 'imperal.json'): { value: unknown } | { issue: Issue } {
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const message = `[root] the file is not JSON: ${reason}`
    return { issue: { rule: M0, level: 'ERROR', message, file, line: lineOfError(text), fix: FIX } }
  }
}

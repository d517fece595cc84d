import type { Issue } from '@imperal/validators'
import type { BuildFailure, Location, Message } from 'esbuild'
import { CliFailure } from '../failure.ts'

/** esbuild proposes to leave a package out, which no extension can do without. */
function noteFor(text: string): string {
  const name = /^You can mark the path "((?:@[^/"]+\/)?[^/"]+)[^"]*" as external/.exec(text)?.[1]
  return name === undefined ? text : `Run \`npm install\`; when package.json does not name it, \`npm install ${name}\`.`
}

const MOST_SHOWN = 160

/** The line itself, and a mark below the place; a mark below a line that is cut would point at nothing. */
function codeLines({ lineText, column, length }: Location): string[] {
  const text = lineText.trimEnd()
  const code = text.trimStart()
  if (code === '') return []
  if (code.length > MOST_SHOWN) return [`    ${code.slice(0, MOST_SHOWN)}…`]
  const at = Math.max(0, column - (text.length - code.length))
  return [`    ${code}`, `    ${' '.repeat(at)}${'^'.repeat(Math.max(1, Math.min(length, code.length - at)))}`]
}

/** What the bundler says: the place with its line, and what to do. */
export const messageLines = ({ text, location, notes }: Message): string[] => {
  const place = location === null ? '' : `${location.file}:${location.line}:${location.column + 1} `
  const code = location === null ? [] : codeLines(location)
  return [`${place}${text}`, ...code, ...notes.map((note) => `    ${noteFor(note.text)}`)]
}

const issueOf = ({ text, location, notes }: Message): Issue => ({
  ...{ rule: 'BUILD', level: 'ERROR', message: text, file: location?.file ?? '', line: location?.line ?? 0 },
  column: location === null ? 0 : location.column + 1,
  fix: notes.map((note) => noteFor(note.text)).join(' '),
})

/** A failed build as what people and programs read of it. */
export const unbuildable = (messages: readonly Message[], cause?: unknown): CliFailure =>
  new CliFailure(`The extension does not build: ${messages.length} error${messages.length === 1 ? '' : 's'}.`, {
    details: messages.flatMap(messageLines),
    issues: messages.map(issueOf),
    cause,
  })

export const isBuildFailure = (error: unknown): error is BuildFailure =>
  error instanceof Error && Array.isArray((error as Partial<BuildFailure>).errors)

import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** The pages of the guide for authors. */
export const AUTHORS = path.resolve(import.meta.dirname, '../../../docs/guide/authors')

/** A block of a page: ` ```ts file=main.ts ` has the kind `ts` and the info `file=main.ts`. */
export interface Fence {
  readonly kind: string
  readonly info: string
  readonly lines: readonly string[]
}

export const fencesOf = (page: string): Fence[] =>
  [...page.matchAll(/^```(\w+) ?(.*)\n([\s\S]*?)^```$/gm)].map(([, kind = '', info = '', body = '']) => {
    return { kind, info, lines: body.trimEnd().split('\n') }
  })

export const readPage = (name: string): Fence[] => fencesOf(readFileSync(path.join(AUTHORS, name), 'utf8'))

/** Puts a block where it says: `file=` begins a file, `append=` goes on with it. False for other blocks. */
export function placeFence({ info, lines }: Fence, project: string): boolean {
  const [, verb, name = ''] = /^(file|append)=(\S+)$/.exec(info) ?? []
  if (verb === undefined) return false
  const file = path.join(project, name)
  mkdirSync(path.dirname(file), { recursive: true })
  if (verb === 'file') writeFileSync(file, `${lines.join('\n')}\n`)
  else appendFileSync(file, `\n${lines.join('\n')}\n`)
  return true
}

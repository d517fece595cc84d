import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** What a target is made from, where it puts its result, and how. Paths are relative to the checkout. */
export interface Target {
  readonly name: string
  /** Shown while it is built: "the panel". */
  readonly title: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  build(): Promise<void>
}

// Neither tests nor what a build writes can change a build.
const IGNORED = new Set(['node_modules', 'dist', '.git', '.imperal-build', '.imperal-data', 'fixtures'])
const isInput = (name: string): boolean => !IGNORED.has(name) && !/\.test(-d)?\.tsx?$/.test(name)

function filesBelow(place: string): string[] {
  const stat = statSync(place, { throwIfNoEntry: false })
  if (stat === undefined) return []
  if (!stat.isDirectory()) return [place]
  const names = readdirSync(place).filter(isInput).sort()
  return names.flatMap((name) => filesBelow(path.join(place, name)))
}

/** One hash over the names and the bytes of all inputs. A file that comes, goes, moves or changes gives another. */
export function hashInputs(checkout: string, inputs: readonly string[]): string {
  const hash = createHash('sha256')
  for (const file of inputs.flatMap((input) => filesBelow(path.join(checkout, input)))) {
    const bytes = readFileSync(file)
    hash.update(`${path.relative(checkout, file)}\0${bytes.length}\0`).update(bytes)
  }
  return hash.digest('hex')
}

const stampOf = (checkout: string, target: Target): string =>
  path.join(checkout, '.imperal-build', `${target.name}.stamp`)

/** Builds the target when an input changed since the last build, or an output is missing. Says whether it did. */
export async function bringUpToDate(checkout: string, target: Target, force = false): Promise<boolean> {
  const stamp = stampOf(checkout, target)
  const hash = hashInputs(checkout, target.inputs)
  const complete = target.outputs.every((output) => existsSync(path.join(checkout, output)))
  if (!force && complete && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return false
  await target.build()
  mkdirSync(path.dirname(stamp), { recursive: true })
  // The hash from before the build: a file that was edited meanwhile makes the target stale again.
  writeFileSync(stamp, hash)
  return true
}

import type { JsonValue } from '@imperal/contract'

/** Default limits of documents and runs (ir 12). Sizes are bytes of compact JSON. */
export const DEFAULT_LIMITS = {
  documentBytes: 512 * 1024,
  depth: 32,
  functions: 100,
  stepsPerFunction: 100,
  panels: 16,
  sections: 16,
  literalBytes: 32 * 1024,
  paramsPerFunction: 64,
  manifestBytes: 1024 * 1024,
  iconBytes: 100 * 1024,
  revisionsKept: 20,
  deploysPerMinute: 10,
  wallTimeMs: 30_000,
  wallTimeWithCompletionMs: 120_000,
  leastSteps: 64,
  runsPerStep: 8,
  nestedCalls: 6,
  callSteps: 25,
  completions: 5,
  resolvedStringBytes: 64 * 1024,
  stepResultBytes: 1024 * 1024,
  responseBytes: 256 * 1024,
  listLimit: 1000,
  bulkIds: 500,
  pathSegments: 16,
  promptCharacters: 32_768,
  panelNodes: 5000,
  repeatItems: 500,
  panelBytes: 512 * 1024,
  sectionBytes: 8 * 1024,
  panelDepth: 32,
} as const

export type IrLimits = Readonly<Record<keyof typeof DEFAULT_LIMITS, number>>
const NAMES = Object.keys(DEFAULT_LIMITS) as (keyof IrLimits)[] // keys of the table

const inForce: Record<keyof IrLimits, number> = { ...DEFAULT_LIMITS }

/** The limits that hold in this process: the defaults, or what its operator set at the start. */
export const IR_LIMITS: IrLimits = inForce

/** Sets other limits than the defaults for all documents and runs of this process; the answer takes it back. */
export function changeLimits(changes: Partial<IrLimits>): () => void {
  const before = { ...inForce }
  Object.assign(inForce, changes)
  return () => void Object.assign(inForce, before)
}

const settingName = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
const BY_SETTING: ReadonlyMap<string, keyof IrLimits> = new Map(NAMES.map((name) => [settingName(name), name]))
/** How much more than its default a limit may be set to: runs share the process that serves everybody. */
const MOST_TIMES = 10
/** What others take of a document: the door of deploys, the registry, the pictures of apps. */
const FIXED: Partial<IrLimits> = {
  documentBytes: 1024 * 1024,
  manifestBytes: DEFAULT_LIMITS.manifestBytes,
  iconBytes: DEFAULT_LIMITS.iconBytes,
}
const mostOf = (name: keyof IrLimits): number => FIXED[name] ?? DEFAULT_LIMITS[name] * MOST_TIMES

/** Names of the limits as operators write them, each with its default. */
export const LIMIT_SETTINGS: readonly (readonly [string, number])[] = NAMES.map((name) => [
  settingName(name),
  DEFAULT_LIMITS[name],
])

/** Reads `functions=200,panels=4`; every problem comes with its name. */
export function readLimits(text: string): {
  readonly limits: Partial<IrLimits>
  readonly problems: readonly string[]
} {
  const limits: Partial<Record<keyof IrLimits, number>> = {}
  const problems: string[] = []
  for (const pair of text.split(',').filter((one) => one.trim() !== '')) {
    const [, given = '', value = ''] = /^\s*([a-z_]+)\s*=\s*(\d{1,12})\s*$/.exec(pair) ?? []
    const name = BY_SETTING.get(given)
    if (given === '') problems.push(`“${pair.trim()}” is not name=whole number`)
    else if (name === undefined)
      problems.push(`there is no limit “${given}”; the limits are ${[...BY_SETTING.keys()].join(', ')}`)
    else if (Number(value) < 1 || Number(value) > mostOf(name))
      problems.push(`${given} must be from 1 to ${mostOf(name)}`)
    else limits[name] = Number(value)
  }
  return { limits, problems }
}

/** Executions that a flow of so many steps may take (I4.3). */
export const stepBudget = (steps: number): number => Math.max(IR_LIMITS.leastSteps, IR_LIMITS.runsPerStep * steps)

const encoder = new TextEncoder()
export const byteLength = (text: string): number => encoder.encode(text).length

/**
 * Characters of a value as JSON, somewhat too few, counted no further than `most`: a value that names another one many
 * times is small in memory and may be endless as text.
 */
export function weigh(value: JsonValue, most: number): number {
  let weight = 0
  const open: JsonValue[] = [value]
  for (let at = open.pop(); at !== undefined && weight <= most; at = open.pop()) {
    weight += typeof at === 'string' ? at.length + 2 : 2
    if (typeof at !== 'object' || at === null) continue
    for (const [key, member] of Object.entries(at)) {
      weight += Array.isArray(at) ? 0 : key.length + 3
      open.push(member)
      if (weight + open.length > most) return most + 1
    }
  }
  return weight
}

/** Whether a value is larger than so many bytes of compact JSON. */
export const isLargerThan = (value: JsonValue, bytes: number): boolean =>
  weigh(value, bytes) > bytes || byteLength(JSON.stringify(value)) > bytes

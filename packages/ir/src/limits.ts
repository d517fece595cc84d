import type { JsonValue } from '@imperal/contract'

/** Default limits of documents and runs (ir 12). Sizes are bytes of compact JSON. */
export const IR_LIMITS = {
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
} as const

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

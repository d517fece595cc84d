import * as z from 'zod'
import type { LedgerEntry } from './ledger.ts'
import { toolSchema } from './tool-schema.ts'

const STATUSES = ['success', 'error', 'intercepted'] as const

/** What is told of one call: it must match the entry of the ledger at that index by name and status. */
export const NarrationVerdict = z.strictObject({
  call_index: z.number().int().min(0),
  name: z.string().max(200),
  status: z.enum(STATUSES),
  user_phrasing: z.string().max(1000),
})

/** The input of `emit_narration`: the only structured way to end a turn (sdk.md 9.10). Closed at every depth. */
export const NarrationEmission = z.strictObject({
  mode: z.enum(['audit', 'narrative']).describe('As the hint says; it concerns `prose` only.'),
  prose: z.string().max(20_000).describe('What the user reads.'),
  per_call_verdicts: z.array(NarrationVerdict).max(500).describe('One for each operation of the list.'),
  task_targets: z
    .strictObject({ expected: z.number().int().nullable(), succeeded: z.number().int().min(0) })
    .describe('How many the user asked for, null when nobody said, and how many succeeded.'),
  identifiers_used: z
    .array(z.string().max(500))
    .max(200)
    .default([])
    .describe('Every identifier of the prose; each occurs in a result or in what the user wrote.'),
})
export type NarrationEmission = DeepReadonly<z.infer<typeof NarrationEmission>>

type DeepReadonly<T> = T extends readonly (infer E)[]
  ? readonly DeepReadonly<E>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T

/** The tool as a model is offered it. */
export const EMIT_NARRATION_TOOL = frozen({
  name: 'emit_narration',
  description: 'End the turn: say what the operations did, each with its outcome, and nothing that did not happen.',
  inputSchema: toolSchema(NarrationEmission),
})

function frozen<T extends object>(value: T): T {
  for (const entry of Object.values(value)) if (typeof entry === 'object' && entry !== null) frozen(entry)
  return Object.freeze(value)
}

/** What a model emitted, immutable; null when its shape is not the agreed one. */
export function parseNarration(input: unknown): NarrationEmission | null {
  const parsed = NarrationEmission.safeParse(input)
  return parsed.success ? frozen(parsed.data) : null
}

const statusOf = ({ success, intercepted }: LedgerEntry): (typeof STATUSES)[number] =>
  intercepted ? 'intercepted' : success ? 'success' : 'error'

/** Why a narration is rejected: the first verdict that matches nothing of the ledger, as a sentence. Null when all match. */
export function checkNarration(emission: NarrationEmission, ledger: readonly LedgerEntry[]): string | null {
  for (const { call_index: index, name, status } of emission.per_call_verdicts) {
    const entry = ledger[index]
    if (entry === undefined) return `There is no operation ${index} (${name})`
    if (entry.name !== name) return `Operation ${index} is ${entry.name}, not ${name}`
    if (statusOf(entry) !== status) return `Operation ${index} (${name}) ended as ${statusOf(entry)}, not ${status}`
  }
  return null
}

/** What is appended to a narration when fewer or more succeeded than were asked for; empty when nothing is. */
export function targetsNote({ task_targets: { expected, succeeded } }: NarrationEmission): string {
  return expected === null || expected === succeeded ? '' : `(${succeeded} of ${expected})`
}

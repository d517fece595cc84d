import type { Evidence } from '../../kernel/index.ts'
import type { Fact, HistoryEntry } from '../messages.ts'
import { type CallRecord, hasFailed, succeeded } from '../plan/records.ts'

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Whether a text holds an id as a whole, not as a piece of a longer one. */
export const holdsId = (text: string, id: string): boolean =>
  text.includes(id) && new RegExp(`(?<![\\p{L}\\p{N}_-])${escaped(id)}(?![\\p{L}\\p{N}_-])`, 'u').test(text)

/** The codes of failed calls, which must not get into what later calls write (K3.17). */
export const failedCodesOf = (records: readonly CallRecord[]): string[] => [
  ...new Set(
    records
      .flatMap((record) => (hasFailed(record) ? [record.outcome?.response.error_code ?? ''] : []))
      .filter((code) => code !== ''),
  ),
]

/**
 * What ids of a plan may rest on (K3.11): words of the person, exact results of earlier turns and of this one, skeletons, and
 * the person's own id. What the assistant said is no evidence (K2.5).
 */
export function evidenceOf(known: {
  readonly userId: string
  readonly said: string
  readonly history: readonly HistoryEntry[]
  readonly skeletons: string
  readonly records: readonly CallRecord[]
}): Evidence {
  const facts = (list: readonly Fact[]) => list.map((fact) => JSON.stringify(fact.data))
  const texts = [
    known.userId,
    known.said,
    known.skeletons,
    ...known.history.flatMap((entry) => (entry.role === 'user' ? [entry.text] : facts(entry.facts))),
    ...known.records
      .filter(succeeded)
      .map(({ outcome }) => `${JSON.stringify(outcome.response.data)} ${outcome.response.summary ?? ''}`),
  ]
  return {
    knows: (id) => texts.some((text) => holdsId(text, id)),
    failedCodes: failedCodesOf(known.records),
  }
}

import { createHash } from 'node:crypto'
import type { RuleAction } from '@imperal/contract'
import { canonicalJson } from '@imperal/ir'
import type { RuleRow } from './tables.ts'

/** Names exactly these steps: whoever agreed to others has not agreed to them. */
export const digestOf = (actions: readonly RuleAction[]): string =>
  `sha256:${createHash('sha256')
    .update(canonicalJson(actions as never)) // actions are JSON; their type only lacks the index signature
    .digest('hex')}`

/** What the owner has to agree to before the rule may run; null when nothing, or when that was done (K6.13, K6.21). */
export function approvalNeeded(rule: Pick<RuleRow, 'actions' | 'destructive' | 'approved_digest'>): string | null {
  if (!rule.destructive) return null
  const digest = digestOf(rule.actions)
  return rule.approved_digest === digest ? null : digest
}

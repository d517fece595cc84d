import { createHash } from 'node:crypto'
import type { JsonValue } from '@imperal/contract'
import { canonicalJson } from '@imperal/ir'
import type { RuleRow } from './tables.ts'

/** Everything that decides when a rule acts, and with what. */
export type Deed = Pick<RuleRow, 'event_type' | 'cron' | 'zone' | 'conditions' | 'condition_words' | 'actions'>

/**
 * Names exactly this trigger with exactly these steps: whoever agreed to others has not agreed to them. A digest of steps
 * alone, as rules of old carry it, equals none of these, so their owners are asked again.
 */
export function digestOf({ event_type, cron, zone, conditions, condition_words, actions }: Deed): string {
  const deed = {
    trigger: { event_type, schedule: cron, zone: cron === null ? null : zone, conditions, when: condition_words },
    actions,
  }
  const plain = JSON.parse(JSON.stringify(deed)) as JsonValue // as the database gives it back
  return `sha256:${createHash('sha256').update(canonicalJson(plain)).digest('hex')}`
}

/** What the owner has to agree to before the rule may run; null when nothing, or when that was done (K6.13, K6.21). */
export function approvalNeeded(
  rule: Deed & Pick<RuleRow, 'destructive' | 'by_app' | 'approved_digest'>,
): string | null {
  if (!rule.destructive && rule.by_app === null) return null
  const digest = digestOf(rule)
  return rule.approved_digest === digest ? null : digest
}

/** Why a rule that needs approval does not run, for its owner. */
export const whyItWaits = ({ by_app: app }: Pick<RuleRow, 'by_app'>): string =>
  app === null
    ? 'It waits for you to agree to a step that cannot be undone.'
    : `It waits for you to agree to what the app ${app} made of it.`

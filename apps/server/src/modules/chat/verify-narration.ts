import type { StepRecord } from './run-plan.ts'

const SHAPED = [
  /[\w.+-]+@[\w-]+\.[\w.]+/g,
  /https?:\/\/[^\s)>\]]+/g,
  /\b(?:[a-z]{2,10}_[A-Za-z0-9]{8,}|[0-9a-f]{8}-[0-9a-f-]{20,})\b/g,
]
const CLAIM =
  /\b(?:i(?:'ve| have)? (?:have )?(?:created|deleted|removed|updated|sent|added|saved|scheduled|changed|moved|archived)|has been (?:created|deleted|removed|updated|sent|added|saved|moved)|successfully (?:created|deleted|removed|updated|sent|added|saved))\b/i

/** Every id, address or link in the text that occurs neither in the results nor in what the person wrote (N5). */
export function inventedIdentifiers(text: string, evidence: string): string[] {
  return SHAPED.flatMap((shape) => [...text.matchAll(shape)].map((match) => match[0].replace(/[.,;:]+$/, ''))).filter(
    (token) => !evidence.includes(token),
  )
}

/** A sentence that asserts a finished action where none happened (K3.45). */
export const claimsAction = (text: string): boolean => CLAIM.test(text)

/** Whether a narration of successful reads may be shown: no invented identifiers, no claimed changes. */
export function acceptNarration(text: string, records: readonly StepRecord[], message: string): boolean {
  if (text.trim() === '') return false
  const evidence = `${message}\n${JSON.stringify(records.map((record) => ('outcome' in record ? [record.args, record.outcome.response] : [])))}`
  return inventedIdentifiers(text, evidence).length === 0 && !claimsAction(text)
}

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

const SENTENCE_END = /[.!?…:\n]\s+(?=\S)/g

/**
 * Passes streamed text on sentence by sentence, up to the first one that asserts a finished action: shown text cannot be
 * taken back. Call `end` when the stream ended.
 */
export function truthfulStream(onText: (delta: string) => void): { onText(delta: string): void; end(): void } {
  let text = ''
  let shown = 0
  const show = (end: number) => {
    if (end <= shown || claimsAction(text.slice(0, end))) return
    onText(text.slice(shown, end))
    shown = end
  }
  return {
    onText(delta) {
      text += delta
      const last = [...text.matchAll(SENTENCE_END)].at(-1)
      if (last !== undefined) show(last.index + last[0].length)
    },
    end: () => show(text.length),
  }
}

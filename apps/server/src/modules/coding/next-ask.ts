import { type CodingMode, type JsonObject, LOCAL_TOOLS, type TerminalResult } from '@imperal/contract'
import type { RequestRow, StepRow } from './tables.ts'

const LOCAL: ReadonlySet<string> = new Set(LOCAL_TOOLS)
/** Tools that change files of the person. */
const WRITES: ReadonlySet<string> = new Set(['write_file', 'edit_file', 'multi_edit'])
/** What may change anything, or undo it. */
const CHANGES: ReadonlySet<string> = new Set([...WRITES, 'bash', 'rollback'])

export const isLocal = (tool: string): boolean => LOCAL.has(tool)
export const changesFiles = (tool: string): boolean => CHANGES.has(tool)

export interface StepOutcome {
  readonly ok: boolean
  readonly content: string
}

/** What a step needs next. `wait`: for an answer; `run`: a function of an app, on this side. */
export type NextAsk =
  | { readonly kind: 'wait' }
  | { readonly kind: 'consent' }
  | { readonly kind: 'tool'; readonly tool: string; readonly args: JsonObject }
  | { readonly kind: 'run' }
  | { readonly kind: 'done'; readonly outcome: StepOutcome }

export type Asked = Pick<RequestRow, 'kind' | 'tool' | 'state' | 'result' | 'confirmation_id'>
export type Asking = Pick<StepRow, 'tool' | 'args' | 'kind'>

const failed = (content: string): NextAsk => ({ kind: 'done', outcome: { ok: false, content } })

/** Words with which people agree. Everything else does not, and what was said is told to the model. */
const AGREEING =
  /^(?:y|yes|yep|yeah|ok|okay|sure|go|go ahead|do it|approve|approved|allow|confirm|да|давай|ок|ага|так|tak|ja|oui|si|sí|sim|evet)[.!]*$/iu

/** Whether a decision agrees, and what the person said about it. */
export function consentOf(result: TerminalResult | null): { readonly approved: boolean; readonly reason: string } {
  if (result === null) return { approved: false, reason: '' }
  if ('approved' in result) return { approved: result.approved, reason: result.reason ?? '' }
  if ('consent_reply' in result)
    return { approved: AGREEING.test(result.consent_reply.trim()), reason: result.consent_reply.trim() }
  return { approved: false, reason: result.content }
}

export const refusedText = (reason: string): string =>
  reason === '' ? 'The person declined. Nothing was done.' : `The person declined and said: ${reason}`

/** A terminal's result as the model reads it. */
export function toolText(result: TerminalResult): StepOutcome {
  if (!('ok' in result)) return { ok: false, content: 'The terminal answered something else than a result.' }
  const exit = result.exit_code == null ? '' : `\n[exit code ${result.exit_code}]`
  const diff = result.diff ? `\n${result.diff}` : ''
  // Whatever is missing, the model has to know that it is (I-TOOLS-HONEST-TRUNCATION).
  const cut = result.truncated === true ? '\n[truncated]' : ''
  return { ok: result.ok, content: `${result.content}${diff}${exit}${cut}` }
}

const answered = (asked: readonly Asked[], kind: Asked['kind'], tool: string) =>
  asked.find((request) => request.kind === kind && request.tool === tool && request.state === 'answered')

/** What is searched for, for a plain search instead. */
const patternOf = ({ query, pattern, text }: JsonObject): JsonObject => ({
  pattern: String(query ?? pattern ?? text ?? ''),
  literal: true,
})

/**
 * Drives one tool call of the model: consent where the mode wants it, a checkpoint before every write
 * (I-WEBBEE-CODE-REVERSIBLE), the tool itself, and a plain search where the meaning-based one fails
 * (I-CPC-SEARCH-HYBRID-FALLSOFT).
 */
export function nextAsk(step: Asking, asked: readonly Asked[], mode: CodingMode): NextAsk {
  if (asked.some((request) => request.state === 'open')) return { kind: 'wait' }
  if (step.kind === 'ext_tool') return { kind: 'run' }
  const { tool, args } = step
  if (!isLocal(tool)) return failed(`There is no tool ${tool}.`)
  if (changesFiles(tool)) {
    if (mode === 'plan')
      return failed('The session is in plan mode: nothing may be changed. Describe the change instead.')
    const consent = asked.find((request) => request.kind === 'consent')
    if (consent === undefined && mode === 'default') return { kind: 'consent' }
    const decision = consentOf(consent?.result ?? null)
    if (consent !== undefined && !decision.approved) return failed(refusedText(decision.reason))
  }
  if (WRITES.has(tool) || tool === 'bash') {
    const checkpoint = answered(asked, 'tool', 'checkpoint')
    if (checkpoint === undefined) return { kind: 'tool', tool: 'checkpoint', args: { reason: tool } }
    const outcome = toolText(checkpoint.result as TerminalResult)
    if (!outcome.ok) return failed(`Not done, because no checkpoint could be made: ${outcome.content}`)
  }
  const result = answered(asked, 'tool', tool)
  if (result === undefined) return { kind: 'tool', tool, args }
  const outcome = toolText(result.result as TerminalResult)
  if (tool !== 'search_code' || outcome.ok) return { kind: 'done', outcome }
  const plain = answered(asked, 'tool', 'grep')
  if (plain === undefined) return { kind: 'tool', tool: 'grep', args: patternOf(args) }
  const found = toolText(plain.result as TerminalResult)
  return {
    kind: 'done',
    outcome: { ...found, content: `[search by meaning is not available; plain search]\n${found.content}` },
  }
}

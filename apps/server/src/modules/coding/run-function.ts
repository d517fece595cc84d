import { type CallResponse, confirmations, keyOpens, keyScopeOf } from '@imperal/contract'
import { PlatformError } from '../../foundation/errors.ts'
import type { ConfirmationCard, KernelCaller } from '../kernel/index.ts'
import type { Work } from './claim-work.ts'
import { clip } from './fold-thread.ts'
import { consentOf, refusedText, type StepOutcome } from './next-ask.ts'
import type { CodingOptions } from './types.ts'

type FunctionWork = Extract<Work, { kind: 'function' }>

export type FunctionEnd =
  | { readonly kind: 'done'; readonly outcome: StepOutcome }
  /** The person at the terminal is asked. */
  | { readonly kind: 'ask'; readonly card: ConfirmationCard }
  /** Only the panel can release it (kernel 3.5.5). */
  | { readonly kind: 'release'; readonly url: string; readonly summary: string; readonly isMoney: boolean }

const MOST_CHARS = 50_000
const failed = (content: string): FunctionEnd => ({ kind: 'done', outcome: { ok: false, content } })

function ended(response: CallResponse | undefined): FunctionEnd {
  if (response === undefined) return failed('Nothing was done.')
  const { status, summary, data, error, error_code: code } = response
  if (status === 'error') return failed(`${error ?? 'The call failed.'}${code === undefined ? '' : ` (${code})`}`)
  const json = data === null || data === undefined ? '' : JSON.stringify(data)
  const content = [summary ?? '', json === '{}' ? '' : json].filter((text) => text !== '').join('\n')
  return { kind: 'done', outcome: { ok: true, content: clip(content, MOST_CHARS) } }
}

/** A narrowed credential decides only with the scope that the route of the panel asks for. */
function mayDecide({ limitedTo }: KernelCaller): boolean {
  const scope = keyScopeOf(confirmations.confirm)
  return limitedTo === undefined || (scope !== null && keyOpens(limitedTo, scope))
}

async function decided(
  parts: CodingOptions,
  caller: KernelCaller,
  request: NonNullable<FunctionWork['decided']>,
): Promise<FunctionEnd> {
  const { approved, reason } = consentOf(request.result)
  try {
    const { results } = await parts.kernel.decide(
      caller,
      request.confirmation_id ?? '',
      approved ? 'confirm' : 'cancel',
      'mcp',
    )
    return approved ? ended(results[0]) : failed(refusedText(reason))
  } catch (error) {
    // It was decided elsewhere, or too late: the model hears which.
    if (error instanceof PlatformError) return failed(error.message)
    throw error
  }
}

/** Runs a function of an app for a session, through the corridor like every other call. It happens once, whatever crashes. */
export async function runFunction(parts: CodingOptions, work: FunctionWork, signal: AbortSignal): Promise<FunctionEnd> {
  const { step, turn, session } = work
  const caller: KernelCaller = {
    tenantId: session.tenant_id,
    userId: session.user_id,
    limitedTo: turn.limited_to ?? undefined,
  }
  if (work.decided?.state === 'answered' && work.decided.confirmation_id !== null)
    return decided(parts, caller, work.decided)
  if (session.applied_mode === 'plan') {
    const known = (await parts.kernel.catalog(caller)).find((fn) => fn.appId === step.app_id && fn.name === step.tool)
    if (known !== undefined && known.actionType !== 'read')
      return failed('The session is in plan mode: nothing may be changed. Describe the change instead.')
  }
  const outcome = await parts.kernel.call({
    ...caller,
    source: 'mcp',
    appId: step.app_id,
    function: step.tool,
    params: step.args,
    traceId: step.trace_id,
    idempotencyKey: step.step_id,
    signal,
  })
  if (outcome.refusal !== undefined) return failed(outcome.refusal.message)
  if (outcome.response.error_code !== 'CONFIRMATION_REQUIRED') return ended(outcome.response)
  const { confirmation: card } = outcome.response.data as { confirmation: ConfirmationCard } // made by the confirm stage
  const isMoney = card.kind === 'money'
  if (mayDecide(caller) && !isMoney) return { kind: 'ask', card }
  const url = `${parts.publicUrl}/?confirmation=${card.confirmation_id}`
  return { kind: 'release', url, summary: card.title, isMoney }
}

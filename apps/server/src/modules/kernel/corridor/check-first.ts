import type { KernelParts } from '../parts.ts'
import { type BoundCall, type RefusedCall, refuse } from './stages.ts'

const PREFIX = 'check_'
const PATIENCE_MS = 5_000

/**
 * Asks the app whether a call can be done at all, before a person is asked for it: by the method `check_<function>` that
 * it exposes to read, with the same arguments. What that answers as an error is the answer of the call. Null: it can be
 * done, or nobody knows; then the person is asked, and the call itself says what comes of it.
 */
export async function checkFirst(parts: KernelParts, call: BoundCall): Promise<RefusedCall | null> {
  const { pass, use, handler, params } = call
  const name = PREFIX + handler.functionName
  if (parts.handlerTable(use.version).find('ipc', name)?.actionType !== 'read') return null
  const { actor, intent } = pass
  const { response, status } = await parts.runInner(
    {
      source: 'ipc',
      tenantId: actor.tenantId,
      userId: actor.userId,
      limitedTo: actor.limitedTo,
      appId: use.app.appId,
      function: name,
      params,
      traceId: pass.traceId,
      chainId: intent.chainId,
      conversationId: intent.conversationId,
      signal: intent.signal,
      timeoutMs: PATIENCE_MS,
    },
    { stack: pass.stack, deadline: pass.deadline },
  )
  const code = response.error_code ?? 'INTERNAL'
  // A check that breaks, or cannot ask now, says nothing about the call.
  if (status !== 'failed' || code === 'INTERNAL' || response.retryable === true) return null
  return refuse(call, { ledger: 'validation_rejected', code, message: response.error ?? '' })
}

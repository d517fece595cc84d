import { newTraceId } from '../../../foundation/ids.ts'
import { withLogContext } from '../../../foundation/trace-context.ts'
import type { KernelParts } from '../parts.ts'
import type { CallIntent, CallOutcome } from '../types.ts'

/**
 * One pass through the corridor as it is seen from outside: a span, a duration, and log lines that carry its trace. What is
 * said of it are names and ids, never arguments or results.
 */
export function observed(
  parts: KernelParts,
  intent: CallIntent,
  pass: (intent: CallIntent) => Promise<CallOutcome>,
): Promise<CallOutcome> {
  const { appId, function: name, source } = intent
  const traceId = intent.traceId ?? newTraceId()
  const begun = performance.now()
  const attributes = {
    'imperal.app_id': appId,
    'imperal.function': name,
    'imperal.source': source,
    'imperal.trace_id': traceId,
    'imperal.tenant_id': intent.tenantId,
    'imperal.user_id': intent.userId,
  }
  return withLogContext({ trace_id: traceId }, () =>
    parts.telemetry.span('call', { attributes }, async (span) => {
      const outcome = await pass({ ...intent, traceId })
      const { callId, status, actionType } = outcome
      span.set({ 'imperal.call_id': callId, 'imperal.status': status, 'imperal.action_type': actionType })
      parts.telemetry.observe('imperal.call.duration', (performance.now() - begun) / 1000, {
        app_id: appId,
        source,
        status,
      })
      return outcome
    }),
  )
}

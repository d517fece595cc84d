import { SYSTEM_USER } from '@imperal/contract'
import type { RunningJob } from '../../../foundation/jobs/index.ts'
import type { KernelParts } from '../parts.ts'
import { SIGNAL_QUEUE, SIGNAL_QUEUE_OPTIONS, type SignalDelivery } from './send-signal.ts'

const LOST_SECONDS = 30
const LOST_AT_ONCE = 100
// What cannot be done at the moment, as against what may not be done at all.
const PASSING: ReadonlySet<number> = new Set([429, 503])

/** Runs one handler of a signal, in system context, in one tenant. Rejects when it is to be tried again. */
async function deliverSignal(parts: KernelParts, { data, isLastAttempt }: RunningJob<SignalDelivery>): Promise<void> {
  const { response, refusal } = await parts.runInner({
    source: 'signal',
    tenantId: data.tenant_id,
    userId: SYSTEM_USER,
    appId: data.app_id,
    function: data.name,
    params: data.payload,
    traceId: data.trace_id,
  })
  if (response.status !== 'error') return
  // Suspended, uninstalled or without the handler since it was sent.
  if (refusal !== undefined && !PASSING.has(refusal.status)) return
  const error = response.error ?? 'The handler failed.'
  if (!isLastAttempt) throw new Error(error)
  tellGivenUp(parts, data, error)
}

function tellGivenUp(parts: KernelParts, data: SignalDelivery, error: string): void {
  const which = { app: data.app_id, signal: data.name, tenant: data.tenant_id, signal_id: data.signal_id }
  parts.log.error({ ...which, error }, 'a signal could not be delivered')
}

/** Those whose last attempt ended with its node: the signals behind them go on. */
export async function dropLost(parts: KernelParts): Promise<void> {
  for (const { id, data, error } of await parts.jobs.failed<SignalDelivery>(SIGNAL_QUEUE, LOST_AT_ONCE)) {
    tellGivenUp(parts, data, error)
    await parts.jobs.remove(SIGNAL_QUEUE, [id])
  }
}

/** Delivers signals to the handlers of apps. Returns a function that stops it. */
export function openSignals(parts: KernelParts): () => Promise<void> {
  const working = parts.jobs
    .work<SignalDelivery>(SIGNAL_QUEUE, SIGNAL_QUEUE_OPTIONS, (job) => deliverSignal(parts, job))
    .catch((error) => {
      parts.log.error({ err: error }, 'the delivery of signals was not started')
      return async () => {}
    })
  const stopDropping = parts.jobs.upkeep('kernel.signals.lost', LOST_SECONDS, () => dropLost(parts))
  return async () => {
    await Promise.all([stopDropping(), working.then((stop) => stop())])
  }
}

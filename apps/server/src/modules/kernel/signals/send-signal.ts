import { createHash } from 'node:crypto'
import type { JsonObject } from '@imperal/contract'
import { newTraceId, uuidv7 } from '../../../foundation/ids.ts'
import type { QueueOptions } from '../../../foundation/jobs/index.ts'
import { tenantsOf } from '../context/tenants-of.ts'
import type { KernelParts } from '../parts.ts'

export interface Signal {
  readonly name: string
  readonly payload: JsonObject
  /** The same id reaches a handler once a day, however often it is sent. */
  readonly signalId?: string | undefined
  /** Absent: every app that has a handler. */
  readonly appId?: string | undefined
  /** Absent: every tenant that has the app. */
  readonly tenantId?: string | undefined
}

export interface SignalDelivery {
  readonly signal_id: string
  readonly trace_id: string
  readonly app_id: string
  readonly tenant_id: string
  readonly name: string
  readonly payload: JsonObject
}

export const SIGNAL_QUEUE = 'kernel.signals'
export const SIGNAL_QUEUE_OPTIONS: QueueOptions = {
  concurrency: 4,
  expireSeconds: 660,
  retries: 4,
  retryDelaySeconds: 5,
  ordered: true,
}

/** The job engine takes UUIDs; one delivery of a signal is always the same one. */
function deliveryId({ signal_id, app_id, tenant_id, name }: SignalDelivery): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([signal_id, name, app_id, tenant_id]))
    .digest('hex')
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-')
}

/** Hands a signal to every handler that is meant, durably: one delivery for each app and tenant. */
export async function sendSignal(
  parts: KernelParts,
  signal: Signal,
): Promise<{ signalId: string; deliveries: number }> {
  const signalId = signal.signalId ?? uuidv7()
  const common = { signal_id: signalId, trace_id: newTraceId(), name: signal.name, payload: signal.payload }
  const live = (await parts.registry.liveApps()).filter(
    ({ app, version }) =>
      app.status !== 'suspended' &&
      (signal.appId === undefined || signal.appId === app.appId) &&
      version.manifest.signals.some(({ name }) => name === signal.name),
  )
  const found = await Promise.all(
    live.map(async ({ app }) =>
      (await tenantsOf(parts, app.appId))
        .filter((tenantId) => signal.tenantId === undefined || signal.tenantId === tenantId)
        .map((tenantId): SignalDelivery => ({ ...common, app_id: app.appId, tenant_id: tenantId })),
    ),
  )
  const deliveries = found.flat()
  await parts.jobs.sendMany(
    SIGNAL_QUEUE,
    SIGNAL_QUEUE_OPTIONS,
    deliveries.map((one) => ({ id: deliveryId(one), key: `${one.tenant_id} ${one.app_id}`, data: one })),
  )
  return { signalId, deliveries: deliveries.length }
}

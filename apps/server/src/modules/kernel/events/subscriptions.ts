import { createHash } from 'node:crypto'
import type { EventEnvelope, Manifest } from '@imperal/contract'
import type { KernelParts } from '../parts.ts'

/** One event on its way to one handler. */
export interface Delivery {
  readonly delivery_id: string
  readonly app_id: string
  readonly handler: string
  readonly event: EventEnvelope
}

const namesOf = (event: EventEnvelope): Set<string> => new Set([event.event_type, ...(event.aliases ?? [])])

function handlersOf(manifest: Manifest, names: ReadonlySet<string>): string[] {
  const found = (manifest.events?.subscribes ?? []).filter(({ type }) => names.has(type))
  return [...new Set(found.map(({ handler }) => handler))]
}

/**
 * The same event reaches the same handler under the same id whoever looks, and ids of one process sort as their events:
 * the time of the event's UUIDv7, then the subscriber.
 */
export function deliveryId(eventId: string, appId: string, handler: string): string {
  const subscriber = createHash('sha256')
    .update(JSON.stringify([eventId, appId, handler]))
    .digest('hex')
  const time = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}$/.exec(eventId.slice(0, 18))?.[0] ?? '00000000-0000-7000'
  return `${time}-8${subscriber.slice(0, 3)}-${subscriber.slice(3, 15)}`
}

/** The names that live apps subscribe to, in order. */
export async function subscribedNames(parts: KernelParts): Promise<string[]> {
  const live = await parts.registry.liveApps()
  const names = live.flatMap(({ version }) => (version.manifest.events?.subscribes ?? []).map(({ type }) => type))
  return [...new Set(names)].sort()
}

/** Who hears of an event: the apps that its user has, enabled, and that subscribe to its name or an alias (K6.5). */
export async function deliveriesOf(parts: KernelParts, event: EventEnvelope): Promise<Delivery[]> {
  const names = namesOf(event)
  const apps = await parts.registry.appsOf({ tenantId: event.tenant_id, userId: event.user_id })
  return apps
    .filter(({ app, install }) => app.status !== 'suspended' && install?.isDisabled !== true)
    .flatMap(({ app, version }) =>
      handlersOf(version.manifest, names).map((handler) => ({
        delivery_id: deliveryId(event.event_id, app.appId, handler),
        app_id: app.appId,
        handler,
        event,
      })),
    )
}

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
 * The same event reaches the same handler under the same id whoever looks. Ids sort as the places of their events in the
 * outbox (`StreamRecord.id`), which the database gave: the clocks of those who publish have no part in it. A UUIDv8: 48 bits of
 * the transaction, 36 of the number, then the event and the subscriber: places are given anew when a backup is restored.
 */
export function deliveryId(place: string, eventId: string, appId: string, handler: string): string {
  const [transaction = '', number = ''] = place.split('-').map((part) => part.padStart(16, '0'))
  const subscriber = createHash('sha256')
    .update(JSON.stringify([place, eventId, appId, handler]))
    .digest('hex')
  const [first, rest] = [transaction.slice(-12), number.slice(-9)]
  return [
    first.slice(0, 8),
    first.slice(8),
    `8${rest.slice(0, 3)}`,
    `8${rest.slice(3, 6)}`,
    `${rest.slice(6)}${subscriber.slice(0, 9)}`,
  ].join('-')
}

/** The names that live apps subscribe to, in order. */
export async function subscribedNames(parts: KernelParts): Promise<string[]> {
  const live = await parts.registry.liveApps()
  const names = live.flatMap(({ version }) => (version.manifest.events?.subscribes ?? []).map(({ type }) => type))
  return [...new Set(names)].sort()
}

/** Who hears of an event that lies at this place of the outbox: the apps that its user has, enabled, and that subscribe to its name or an alias (K6.5). */
export async function deliveriesOf(parts: KernelParts, event: EventEnvelope, place: string): Promise<Delivery[]> {
  const names = namesOf(event)
  const apps = await parts.registry.appsOf({ tenantId: event.tenant_id, userId: event.user_id })
  return apps
    .filter(({ app, install }) => app.status !== 'suspended' && install?.isDisabled !== true)
    .flatMap(({ app, version }) =>
      handlersOf(version.manifest, names).map((handler) => ({
        delivery_id: deliveryId(place, event.event_id, app.appId, handler),
        app_id: app.appId,
        handler,
        event,
      })),
    )
}

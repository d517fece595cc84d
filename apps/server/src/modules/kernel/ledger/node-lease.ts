import { setTimeout as delay } from 'node:timers/promises'
import { type Database, EVERY_TENANT } from '../../../foundation/db/index.ts'
import type { Log } from '../../../foundation/log.ts'

/** This process among the nodes of the installation: as long as it renews its lease, its open calls are its own. */
export interface NodeLease {
  /**
   * False when the lease could not be renewed for so long that others may soon take its calls for lost. A lease that ran
   * out while the machine slept is renewed first, for up to two seconds.
   */
  isValid(): boolean | Promise<boolean>
  /** Where gateways reach this node from now on; null: they hand it nothing more. */
  announce(address: string | null): Promise<void>
  /** Gives the lease back; call it when no call is open any more. */
  close(): Promise<void>
}

const BEAT_MS = 5_000
/** A node that has not renewed for so long is dead to the others. */
export const DEAD_AFTER_SECONDS = 30
// Half of the time after which others act: whoever starts a call now still has time to end it.
const VALID_FOR_MS = 15_000
const RENEW_WITHIN_MS = 2_000

const BEAT = `insert into kernel.node (node_id, name, version, roles, address) values ($1, $2, $3, $4, $5)
on conflict (node_id) do update set heartbeat_at = now(), address = excluded.address`

/** Names the time since the last crash of the database; after a crash the table is empty (see its migration). */
export const NAME_LIFETIME = 'insert into kernel.lifetime default values on conflict do nothing'

/** How a node presents itself to the others. */
export interface NodeSelf {
  /** For people: machine and process. */
  readonly name: string
  readonly version: string
  readonly roles: readonly string[]
}

export async function openNodeLease(options: {
  db: Database
  log: Log
  nodeId: string
  self: NodeSelf
}): Promise<NodeLease> {
  const { db, log, nodeId, self } = options
  let address: string | null = null
  let renewedAt = 0
  let renewing: Promise<boolean> | null = null
  const beat = async (): Promise<void> => {
    const sent = performance.now()
    await db.atomic(EVERY_TENANT, [
      { text: NAME_LIFETIME, values: [] },
      { text: BEAT, values: [nodeId, self.name, self.version, self.roles, address] },
    ])
    renewedAt = sent
  }
  await beat()
  const timer = setInterval(() => {
    beat().catch((error) => log.warn({ err: error }, 'the lease of this node was not renewed'))
  }, BEAT_MS)
  timer.unref()
  const isFresh = () => performance.now() - renewedAt < VALID_FOR_MS
  const renew = async (): Promise<boolean> => {
    const renewed = beat().catch((error) => log.warn({ err: error }, 'the lease of this node was not renewed'))
    await Promise.race([renewed, delay(RENEW_WITHIN_MS, undefined, { ref: false })])
    renewing = null
    return isFresh()
  }
  return {
    isValid() {
      if (isFresh()) return true
      renewing ??= renew()
      return renewing
    },
    announce(where) {
      address = where
      return beat()
    },
    async close() {
      clearInterval(timer)
      await db.atomic(EVERY_TENANT, [{ text: 'delete from kernel.node where node_id = $1', values: [nodeId] }])
    },
  }
}

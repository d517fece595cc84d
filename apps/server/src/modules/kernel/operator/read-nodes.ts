import { sql } from 'kysely'
import type { Database } from '../../../foundation/db/index.ts'
import { DEAD_AFTER_SECONDS } from '../ledger/node-lease.ts'

/** A process of the installation that is alive. */
export interface NodeFacts {
  readonly nodeId: string
  /** Machine and process, for people. */
  readonly name: string
  readonly version: string
  readonly roles: readonly string[]
  /** Where gateways reach it; null for one that they hand nothing to. */
  readonly address: string | null
  readonly startedAt: Date
  /** Milliseconds since its last sign of life; it gives one every five seconds. */
  readonly silentMs: number
}

/** Every process that gave a sign of life within the last half minute, oldest first. */
export function readNodes(db: Database): Promise<NodeFacts[]> {
  return db.everyTenant(async (tx) => {
    const { rows } =
      await sql<NodeFacts>`select node_id as "nodeId", name, version, roles, address, started_at as "startedAt",
      (extract(epoch from now() - heartbeat_at) * 1000)::int as "silentMs"
      from kernel.node where heartbeat_at > now() - make_interval(secs => ${DEAD_AFTER_SECONDS}) order by started_at`.execute(
        tx,
      )
    return rows
  })
}

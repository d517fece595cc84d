import { audit, type JsonObject } from '@imperal/contract'
import type { Clock } from '../../foundation/clock.ts'
import { type Database, EVERY_TENANT, type Whose } from '../../foundation/db/index.ts'
import { implement, type MountedRoute, type Principal, runsInstallation } from '../../foundation/http/index.ts'
import { type AuditFilter, listEntries } from './list-entries.ts'
import { recordEntry } from './record-entry.ts'
import type { Audit } from './types.ts'

/** The tenant of entries about the whole installation. */
const ABOUT_ALL = '*'

/** Administrators see their own tenant; those of the default tenant run the installation and see all of it (api 7.2). */
const sightOf = (principal: Principal): Whose => (runsInstallation(principal) ? EVERY_TENANT : principal.tenantId)

const given = (filter: AuditFilter): JsonObject =>
  Object.fromEntries(
    Object.entries(filter).filter((entry): entry is [string, string | number] => entry[1] !== undefined),
  )

export function auditHandlers(options: {
  readonly db: Database
  readonly clock: Clock
  readonly record: Audit['record']
}): MountedRoute[] {
  return [
    implement(audit.append, async ({ body, requestId }) => {
      const statement = recordEntry(options.clock, {
        tenantId: body.tenant_id,
        actorId: body.actor_id,
        actorType: body.actor_type,
        action: body.action,
        targetType: body.target_type,
        targetId: body.target_id,
        ...(body.changes ? { changes: body.changes } : {}),
        ...(body.metadata ? { metadata: body.metadata } : {}),
        source: body.source,
        ...(body.ip_address ? { ip: body.ip_address } : {}),
        requestId,
      })
      // Services alone come here; what one notes about the whole installation is read by those who run it.
      const whose = body.tenant_id === ABOUT_ALL ? EVERY_TENANT : body.tenant_id
      await options.db.atomic(whose, [statement])
      return { id: String(statement.values[0]), recorded: true as const }
    }),
    implement(audit.list, async (request) => {
      // The route admits services and administrators only, so somebody is there.
      const principal = request.principal ?? request.user
      const answer = await listEntries(options, sightOf(principal), request.query)
      await options.record({
        tenantId: principal.tenantId,
        actorId: principal.userId ?? 'service',
        actorType: principal.kind,
        action: 'audit.read',
        targetType: 'audit',
        metadata: { filter: given(request.query), found: answer.total },
        source: 'api',
        ip: request.ip,
        requestId: request.requestId,
      })
      return answer
    }),
  ]
}

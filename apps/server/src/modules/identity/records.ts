import type { JsonObject } from '@imperal/contract'
import { CompiledQuery } from 'kysely'
import type { Tx } from '../../foundation/db/index.ts'
import type { Principal } from '../../foundation/http/index.ts'
import type { AuditEntry } from '../audit/index.ts'
import { eventMessage } from '../outbox/index.ts'
import type { Caller, IdentityContext } from './context.ts'

interface AuditFacts {
  readonly tenantId: string
  /** Null: nobody is signed in. */
  readonly userId: string | null
  readonly action: string
  readonly targetType?: string
  readonly targetId?: string
  readonly metadata?: JsonObject
  /** The service that acts for the user. */
  readonly byService?: boolean
  readonly caller: Caller
}

const entryOf = (facts: AuditFacts): AuditEntry => ({
  tenantId: facts.tenantId,
  actorId: facts.userId ?? 'anonymous',
  actorType: facts.byService ? 'service' : facts.userId === null ? 'anonymous' : 'user',
  action: facts.action,
  ...(facts.targetType === undefined ? {} : { targetType: facts.targetType }),
  ...(facts.targetId === undefined ? {} : { targetId: facts.targetId }),
  ...(facts.metadata === undefined ? {} : { metadata: facts.metadata }),
  source: facts.byService ? 'service' : 'api',
  ip: facts.caller.ip,
  requestId: facts.caller.requestId,
  retentionClass: 'security_forever',
})

/** Writes a row of the security log, which commits with what it records and is kept for ever. */
export async function audit(context: IdentityContext, tx: Tx, facts: AuditFacts): Promise<void> {
  const { text, values } = context.audit.recording(entryOf(facts))
  await tx.executeQuery(CompiledQuery.raw(text, [...values]))
}

/** The same for something that was refused, where there is no other change to commit with. */
export const auditRefusal = (context: IdentityContext, facts: AuditFacts): Promise<void> =>
  context.audit.record({ ...entryOf(facts), status: 'denied' })

/** Tells the user's open browsers and subscribers, when the transaction commits. */
export async function announce(
  context: IdentityContext,
  tx: Tx,
  event: { tenantId: string; userId: string; type: string; data: JsonObject },
): Promise<void> {
  const { message } = eventMessage({ ...event, source: 'user', timestamp: context.clock.iso() })
  await context.outbox.publish(tx, message)
}

export interface Administration {
  readonly principal: Principal
  readonly caller: Caller
}

/** Records what an administrator or a service did to something of a tenant, with what it was before and is now. */
export async function auditAdministration(
  context: IdentityContext,
  tx: Tx,
  by: Administration,
  done: {
    readonly tenantId: string
    readonly action: string
    readonly targetType: string
    readonly targetId: string
    readonly before?: JsonObject
    readonly after?: JsonObject
  },
): Promise<void> {
  const service = by.principal.kind === 'service'
  const { text, values } = context.audit.recording({
    tenantId: done.tenantId,
    actorId: by.principal.userId ?? 'service',
    actorType: by.principal.userId === null ? 'service' : 'user',
    action: done.action,
    targetType: done.targetType,
    targetId: done.targetId,
    ...(done.before === undefined ? {} : { beforeState: done.before }),
    ...(done.after === undefined ? {} : { afterState: done.after }),
    source: service ? 'service' : 'api',
    ip: by.caller.ip,
    requestId: by.caller.requestId,
  })
  await tx.executeQuery(CompiledQuery.raw(text, [...values]))
}

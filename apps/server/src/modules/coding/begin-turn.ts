import type { StartSessionRequest } from '@imperal/contract'
import { sql } from 'kysely'
import type { Tx } from '../../foundation/db/index.ts'
import type { Principal } from '../../foundation/http/index.ts'
import { orderedId } from '../../foundation/ids.ts'
import { runIn, toDatabaseJson } from './database.ts'
import { announceTurn } from './end-turn.ts'
import { codingErrors } from './errors.ts'
import { appendFrame, frameId, lastFrame, START } from './frames.ts'
import { type SessionKey, sessionIdOf } from './session-id.ts'
import { changeSession, moveSession, openSession } from './sessions.ts'
import { addSteer } from './steers.ts'
import type { SessionRow } from './tables.ts'
import { addMessage, settleThread } from './thread.ts'
import type { CodingOptions } from './types.ts'

type User = Principal & { readonly userId: string }

export interface Begun {
  readonly key: SessionKey
  readonly lastId: string
  readonly taskId: string
}

const LONGEST_TITLE = 120
const titleOf = (task: string): string => {
  const line = task.split('\n', 1)[0]?.trim() ?? ''
  return line.length > LONGEST_TITLE ? `${line.slice(0, LONGEST_TITLE - 1)}…` : line
}

/** @throws CODING_DENIED, CODING_NO_MODEL, CODING_NO_CREDITS */
async function checkAccess(parts: CodingOptions, { tenantId, userId }: User): Promise<void> {
  const actor = await parts.identity.actor(tenantId, userId)
  const said = actor?.attributes.coding_access
  // What an administrator said about the person goes before the plan (api.md 3.4).
  const isAllowed =
    said === 'allow' || (said !== 'deny' && (await parts.billing.plan({ tenantId, userId })).features.coding === true)
  if (!isAllowed) throw codingErrors.DENIED()
  if (!(await parts.llm.available(tenantId, userId))) throw codingErrors.NO_MODEL()
  if (!parts.billing.coding.charges() || (await parts.identity.ownModel(tenantId, userId)) !== null) return
  if ((await parts.billing.balance(tenantId, userId)).available <= 0) throw codingErrors.NO_CREDITS()
}

/** Turns of one user begin one after the other, so that none counts past another. @throws CODING_TOO_MANY */
async function checkRoom(parts: CodingOptions, tx: Tx, { tenantId, userId }: User): Promise<void> {
  if (parts.limitFactor === 0) return
  await sql`select pg_advisory_xact_lock(hashtextextended(${`coding.turn ${tenantId} ${userId}`}, 0))`.execute(tx)
  const most = ((await parts.identity.actor(tenantId, userId))?.limits.maxConcurrentTasks ?? 3) * parts.limitFactor
  const { open } = await tx
    .selectFrom('coding.turn')
    .select(sql<number>`count(*)::int`.as('open'))
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .executeTakeFirstOrThrow()
  if (open.valueOf() >= most) throw codingErrors.TOO_MANY({ most, retryAfter: 30 })
}

/** The turn that this id began before; null: none did. */
async function turnBefore(
  tx: Tx,
  session: SessionRow,
  iid: string,
): Promise<{ taskId: string; lastId: string } | null> {
  const turn = await tx
    .selectFrom('coding.turn')
    .select(['task_id', 'began_after', 'created_at'])
    .where('tenant_id', '=', session.tenant_id)
    .where('user_id', '=', session.user_id)
    .where('session_id', '=', session.session_id)
    .where('steer_iid', '=', iid)
    .executeTakeFirst()
  if (turn === undefined) return null
  return { taskId: turn.task_id, lastId: turn.began_after === 0 ? START : frameId(turn.created_at, turn.began_after) }
}

/** Begins a turn, or says something to the one that runs. Idempotent by `steer_iid`. @throws CODING_* */
export async function beginTurn(parts: CodingOptions, user: User, body: StartSessionRequest): Promise<Begun> {
  if (body.user_id !== user.userId) throw codingErrors.NOT_YOURS()
  await checkAccess(parts, user)
  const slot = body.slot ?? null
  const sessionId = sessionIdOf(user.userId, { marathon: body.marathon, repoKey: body.coding_context.repo_key, slot })
  const key = { tenantId: user.tenantId, userId: user.userId, sessionId }
  return parts.db.tenant(user.tenantId, async (tx) => {
    const session = await openSession(tx, key, slot)
    const before = await turnBefore(tx, session, body.steer_iid)
    if (before !== null) return { key, ...before }
    const { id: lastId, position } = await lastFrame(tx, key)
    if (session.task_id !== null) {
      const isNew = await addSteer(tx, session, { iid: body.steer_iid, text: body.task, surface: body.surface })
      if (isNew)
        await appendFrame(parts, tx, session, {
          ...{ type: 'task_queued', origin: body.surface, text: body.task, steer_iid: body.steer_iid },
        })
      return { key, lastId, taskId: session.task_id }
    }
    await checkRoom(parts, tx, user)
    const taskId = orderedId('task')
    const turn = await tx
      .insertInto('coding.turn')
      .values({
        ...{ task_id: taskId, tenant_id: user.tenantId, user_id: user.userId, session_id: sessionId },
        steer_iid: body.steer_iid,
        title: titleOf(body.task),
        origin: body.surface,
        goal: body.goal ?? null,
        limited_to: user.limitedTo === undefined ? null : [...user.limitedTo],
        began_after: position,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    await settleThread(tx, session)
    await addMessage(tx, session, { taskId, role: 'user', content: body.task, surface: body.surface })
    const changed = await changeSession(tx, session, {
      context: toDatabaseJson(body.coding_context),
      label: session.label === '' ? titleOf(body.task) : session.label,
      // Another goal has other milestones; the same work goes on with its own.
      ...(body.goal != null ? { milestones: '[]' } : {}),
      todos: '[]',
      terminal_seen_at: sql<Date>`now()`,
    })
    await moveSession(tx, changed, 'begin', taskId)
    await announceTurn(parts, tx, session, turn, 'running')
    const entry = {
      ...({ tenantId: user.tenantId, actorId: user.userId, actorType: 'user', source: body.surface } as const),
      ...{ action: 'coding.turn_began', targetType: 'coding_session', targetId: sessionId },
      metadata: { task_id: taskId, kind: session.kind },
    }
    await runIn(tx, parts.audit.recording(entry))
    return { key, lastId, taskId }
  })
}

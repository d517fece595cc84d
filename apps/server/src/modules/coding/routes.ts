import { agentSessions as contract } from '@imperal/contract'
import { implement, type MountedRoute } from '../../foundation/http/index.ts'
import { readStep } from './activity-steps.ts'
import { answerRequest } from './answer-request.ts'
import { beginTurn } from './begin-turn.ts'
import { changeRemote } from './change-remote.ts'
import { isActive, openRequest, remoteOf, sessionsOf } from './describe-sessions.ts'
import type { Engine } from './engine.ts'
import { appendFrame } from './frames.ts'
import type { SessionKey } from './session-id.ts'
import { changeSession, findSession, lockSession, openSession, ownKind, touchTerminal } from './sessions.ts'
import { addSteer, handOut, takeBack } from './steers.ts'
import { stopTurn } from './stop-turn.ts'
import type { Streams } from './stream.ts'
import { flatText, newestMessages } from './thread.ts'
import type { CodingOptions } from './types.ts'

interface Named {
  readonly user: { readonly tenantId: string; readonly userId: string }
  readonly params: { readonly session_id: string }
}

/** The caller's own session of the path. @throws CODING_NO_SESSION */
function keyOf({ user, params }: Named): SessionKey {
  const key = { tenantId: user.tenantId, userId: user.userId, sessionId: params.session_id }
  ownKind(key)
  return key
}

/** What a terminal asks for, and answers (api.md 3.22). */
export function codingRoutes(parts: CodingOptions, engine: Engine, streams: Streams): MountedRoute[] {
  const { db, clock } = parts
  return [
    implement(contract.start, async ({ body, user }) => {
      const { key, lastId, taskId } = await beginTurn(parts, user, body)
      engine.kick(key)
      return { session_id: key.sessionId, last_id: lastId, task_id: taskId }
    }),
    implement(contract.active, async ({ user }) => {
      const all = await sessionsOf(db, user, clock.now())
      return {
        sessions: all.filter(isActive).map(({ session, consent, online }) => ({
          session_id: session.session_id,
          label: session.label,
          kind: session.kind,
          status: session.status,
          started: session.started_at.toISOString(),
          pending_consent: consent,
          terminal_online: online,
          applied_mode: session.applied_mode,
        })),
      }
    }),
    implement(contract.stream, (request) => streams.open(request)),
    implement(contract.result, async (request) => {
      const key = keyOf(request)
      const { req_id: reqId, result } = request.body
      const answered = await answerRequest(db, key, { reqId, result, fromTerminal: true })
      if (answered === 'unknown') return { ok: true as const, ignored: true }
      engine.kick(key)
      return { ok: true as const, duplicate: answered === 'duplicate' }
    }),
    implement(contract.cancel, async (request) => {
      await stopTurn(parts, engine, keyOf(request), 'terminal')
      return { ok: true as const }
    }),
    implement(contract.thread, async (request) => {
      const key = keyOf(request)
      const rows = await db.tenant(key.tenantId, (tx) => newestMessages(tx, key, request.query.limit))
      return {
        messages: rows.map(({ role, content, surface, created_at }) => ({
          role,
          content: flatText(content),
          surface,
          created_at: created_at.toISOString(),
        })),
      }
    }),
    ...steeringRoutes(parts, engine),
    implement(contract.remote, async (request) => ({ state: remoteOf(await findSession(db, keyOf(request))) })),
    implement(contract.setRemote, async (request) => ({
      state: await changeRemote(parts, keyOf(request), request.body, 'terminal'),
    })),
    implement(contract.step, ({ user, params }) => readStep(db, user, params.ref)),
  ]
}

function steeringRoutes(parts: CodingOptions, engine: Engine): MountedRoute[] {
  const { db } = parts
  return [
    implement(contract.pendingSteer, async (request) => {
      const key = keyOf(request)
      const { mode, label } = request.query
      return db.tenant(key.tenantId, async (tx) => {
        const found = await openSession(tx, key)
        const { requested_mode: wanted, requested_surface: surface } = found
        const session = await changeSession(tx, found, {
          ...(mode === undefined ? {} : { applied_mode: mode }),
          ...(label === undefined || label === '' ? {} : { label: label.replaceAll('\0', '') }),
          requested_mode: null,
          requested_surface: null,
        })
        await touchTerminal(tx, key)
        const items = session.task_id === null ? await handOut(tx, key) : []
        const request = items.length > 0 ? undefined : await openRequest(tx, key)
        return {
          items,
          requested_mode: wanted === null ? null : { mode: wanted, surface: surface ?? 'api' },
          attach:
            request === undefined
              ? null
              : { task_id: request.task_id, last_id: `0-${request.frame_position - 1}`, kind: session.kind },
        }
      })
    }),
    implement(contract.inject, async (request) => {
      const key = keyOf(request)
      const { text, steer_iid: iid, surface } = request.body
      const ok = await db.tenant(key.tenantId, async (tx) => {
        const session = await lockSession(tx, key)
        if (session === undefined || session.task_id === null) return false
        if (await addSteer(tx, session, { iid, text, surface }))
          await appendFrame(parts, tx, session, { type: 'task_queued', origin: surface, text, steer_iid: iid })
        return true
      })
      if (ok) engine.kick(key)
      return { ok }
    }),
    implement(contract.drop, async (request) => {
      const key = keyOf(request)
      const { steer_iid: iid } = request.body
      const ok = await db.tenant(key.tenantId, async (tx) => {
        const session = await lockSession(tx, key)
        if (session === undefined) return false
        const steer = await takeBack(tx, key, iid)
        if (steer === undefined) return false
        await appendFrame(parts, tx, session, { type: 'task_dequeued', origin: steer.surface, steer_iid: iid })
        return true
      })
      return { ok }
    }),
  ]
}

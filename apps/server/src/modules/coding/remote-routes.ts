import { codingRemote as contract } from '@imperal/contract'
import { implement, type MountedRoute, type Principal } from '../../foundation/http/index.ts'
import { randomId } from '../../foundation/ids.ts'
import { answerRequest } from './answer-request.ts'
import { changeRemote } from './change-remote.ts'
import { type Described, isActive, NO_REMOTE, remoteOf, sessionsOf } from './describe-sessions.ts'
import type { Engine } from './engine.ts'
import { codingErrors } from './errors.ts'
import { appendFrame } from './frames.ts'
import { publishRemote } from './publish-remote.ts'
import { kindOfOwn, type SessionKey } from './session-id.ts'
import { changeSession, keyOf, lockSession } from './sessions.ts'
import { addSteer } from './steers.ts'
import { stopTurn } from './stop-turn.ts'
import type { SessionRow } from './tables.ts'
import type { CodingOptions } from './types.ts'

interface Asking {
  readonly principal: Principal | null
  readonly params: { readonly user_id: string }
}
interface From {
  readonly session_id?: string | undefined
  readonly surface?: string | undefined
}

const requestedMode = ({ requested_mode: mode, requested_surface: surface }: SessionRow) =>
  mode === null ? null : { mode, surface: surface ?? 'api' }

/** What a service asks for whom. */
class Remote {
  readonly #parts: CodingOptions
  constructor(parts: CodingOptions) {
    this.#parts = parts
  }

  /** A service that acts for somebody is that person. @throws CODING_NOT_YOURS, CODING_USER_NOT_FOUND */
  async sessions({ principal, params }: Asking): Promise<Described[]> {
    if (principal?.userId != null && principal.userId !== params.user_id) throw codingErrors.NOT_YOURS()
    const user = await this.#parts.identity.findUser(params.user_id)
    if (user === null) throw codingErrors.USER_NOT_FOUND()
    return sessionsOf(this.#parts.db, user, this.#parts.clock.now())
  }

  /** The session that is named, or the one that was used last. Null: there is none. @throws CODING_FOREIGN */
  async find(asking: Asking, sessionId: string | undefined): Promise<Described | null> {
    const sessions = await this.sessions(asking)
    if (sessionId === undefined) return sessions.find(isActive) ?? sessions[0] ?? null
    if (kindOfOwn(asking.params.user_id, sessionId) === null) throw codingErrors.FOREIGN()
    return sessions.find(({ session }) => session.session_id === sessionId) ?? null
  }

  /** The same, which somebody may steer from there. @throws CODING_NOTHING_ACTIVE, CODING_SURFACE_DENIED */
  async steerable(
    asking: Asking,
    from: From,
  ): Promise<Described & { readonly key: SessionKey; readonly source: string }> {
    const found = await this.find(asking, from.session_id)
    if (found === null || !isActive(found)) throw codingErrors.NOTHING_ACTIVE()
    // Who does not say where it comes from is an ordinary client of the API.
    const source = from.surface ?? 'api'
    const { enabled, steer } = remoteOf(found.session)
    if (!enabled || !steer.some((surface) => surface === source)) throw codingErrors.SURFACE_DENIED()
    return { ...found, key: keyOf(found.session), source }
  }
}

/** Coding sessions from elsewhere, for services (api.md 3.22). */
export function remoteRoutes(parts: CodingOptions, engine: Engine): MountedRoute[] {
  const remote = new Remote(parts)
  return [
    implement(contract.read, async (request) => {
      const found = await remote.find(request, undefined)
      const seen = found?.session.terminal_seen_at ?? null
      return {
        active: found !== null && isActive(found),
        running: found?.session.status === 'running',
        session_id: found?.session.session_id ?? null,
        state: found === null ? NO_REMOTE : remoteOf(found.session),
        applied_mode: found?.session.applied_mode ?? null,
        requested_mode: found === null ? null : requestedMode(found.session),
        pending_consent: found?.consent ?? null,
        last_seen: seen === null ? null : Math.floor(seen.getTime() / 1000),
      }
    }),
    implement(contract.list, async (request) => ({
      sessions: (await remote.sessions(request)).map(({ session, consent, online }) => ({
        session_id: session.session_id,
        slot: session.slot,
        kind: session.kind,
        label: session.label,
        terminal_online: online,
        applied_mode: session.applied_mode,
        requested_mode: requestedMode(session),
        pending_consent: consent,
        started: session.started_at.toISOString(),
        status: session.status,
        ...remoteOf(session),
      })),
    })),
    implement(contract.change, async (request) => {
      const { session_id: named, ...change } = request.body
      const found = await remote.find(request, named)
      if (found === null) throw codingErrors.NOTHING_ACTIVE()
      const key = keyOf(found.session)
      return {
        active: isActive(found),
        session_id: key.sessionId,
        state: await changeRemote(parts, key, change, 'api'),
      }
    }),
    ...commandRoutes(parts, engine, remote),
  ]
}

function commandRoutes(parts: CodingOptions, engine: Engine, remote: Remote): MountedRoute[] {
  const { db } = parts
  return [
    implement(contract.steer, async (request) => {
      const { key, source } = await remote.steerable(request, request.body)
      const iid = randomId('iid')
      await db.tenant(key.tenantId, async (tx) => {
        const session = await lockSession(tx, key)
        if (session === undefined) throw codingErrors.NOTHING_ACTIVE()
        await addSteer(tx, session, { iid, text: request.body.text, surface: source })
        const { text } = request.body
        if (session.task_id !== null)
          await appendFrame(parts, tx, session, { type: 'task_queued', origin: source, text, steer_iid: iid })
        await publishRemote(parts, tx, key, {
          event: 'instruction_sent',
          source,
          data: { iid, characters: text.length },
        })
      })
      engine.kick(key)
      return { ok: true as const, session_id: key.sessionId }
    }),
    implement(contract.stop, async (request) => {
      const found = await remote.find(request, request.body.session_id)
      if (found === null || found.session.task_id === null) throw codingErrors.NOTHING_RUNNING()
      const { key, source } = await remote.steerable(request, { ...request.body, session_id: found.session.session_id })
      if (!(await stopTurn(parts, engine, key, source))) throw codingErrors.NOTHING_RUNNING()
      await db.tenant(key.tenantId, (tx) => publishRemote(parts, tx, key, { event: 'stopped', source, data: {} }))
      return { ok: true as const, session_id: key.sessionId }
    }),
    implement(contract.mode, async (request) => {
      const { key, source } = await remote.steerable(request, request.body)
      const { mode } = request.body
      await db.tenant(key.tenantId, async (tx) => {
        const session = await lockSession(tx, key)
        if (session === undefined) throw codingErrors.NOTHING_ACTIVE()
        // The terminal applies it, and asks its person first where it is autopilot.
        await changeSession(tx, session, { requested_mode: mode, requested_surface: source })
        await publishRemote(parts, tx, key, { event: 'coding_mode_changed', source, data: { mode } })
      })
      return { ok: true as const, session_id: key.sessionId }
    }),
    implement(contract.consent, async (request) => {
      const found = await remote.find(request, request.body.session_id)
      if (found === null || found.consent === null) throw codingErrors.NO_QUESTION()
      const { key, source } = await remote.steerable(request, { ...request.body, session_id: found.session.session_id })
      const { req_id: reqId } = found.consent
      const result = { consent_reply: request.body.text }
      if ((await answerRequest(db, key, { reqId, result, fromTerminal: false })) !== 'taken')
        throw codingErrors.NO_QUESTION()
      await db.tenant(key.tenantId, (tx) =>
        publishRemote(parts, tx, key, { event: 'consent_replied', source, data: { req_id: reqId } }),
      )
      engine.kick(key)
      return { ok: true as const, session_id: key.sessionId }
    }),
  ]
}

import { z } from 'zod'
import { defineRoute } from '../route.ts'
import {
  CodingMode,
  CodingStatus,
  CodingSurface,
  PendingConsent,
  RemoteChange,
  RemoteState,
  SessionKind,
} from './agent-sessions.ts'

const UserPath = z.object({ user_id: z.string().max(64) })
const BASE = '/v1/internal/coding-remote/{user_id}'
const shared = { auth: 'svc', tag: 'coding remote', params: UserPath } as const
const RequestedMode = z.object({ mode: CodingMode, surface: z.string() })

/** Without an id the session that was used last. */
const session = { session_id: z.string().max(200).optional() }
const from = { ...session, surface: CodingSurface.optional() }
const Done = z.object({ ok: z.literal(true), session_id: z.string() })
const FOREIGN = ['CODING_USER_NOT_FOUND', 'CODING_NOT_YOURS', 'CODING_FOREIGN']

/** Coding sessions from elsewhere (api.md 3.22): for the services that carry messengers and the panel. */
export const codingRemote = {
  read: defineRoute({
    ...shared,
    id: 'coding_remote.read',
    method: 'GET',
    path: BASE,
    summary: 'The coding session of a user that was used last',
    response: z.object({
      active: z.boolean(),
      running: z.boolean(),
      session_id: z.string().nullable(),
      state: RemoteState,
      applied_mode: CodingMode.nullable(),
      requested_mode: RequestedMode.nullable(),
      pending_consent: PendingConsent.nullable(),
      last_seen: z.number().int().nullable().describe('Unix seconds.'),
    }),
    errors: ['CODING_USER_NOT_FOUND', 'CODING_NOT_YOURS'],
  }),
  list: defineRoute({
    ...shared,
    id: 'coding_remote.list',
    method: 'GET',
    path: `${BASE}/sessions`,
    summary: 'Coding sessions of a user',
    response: z.object({
      sessions: z.array(
        z.object({
          session_id: z.string(),
          slot: z.string().nullable(),
          kind: SessionKind,
          label: z.string(),
          terminal_online: z.boolean(),
          applied_mode: CodingMode,
          requested_mode: RequestedMode.nullable(),
          pending_consent: PendingConsent.nullable(),
          started: z.string(),
          status: CodingStatus,
          ...RemoteState.shape,
        }),
      ),
    }),
    errors: ['CODING_USER_NOT_FOUND', 'CODING_NOT_YOURS'],
  }),
  change: defineRoute({
    ...shared,
    id: 'coding_remote.change',
    method: 'PUT',
    path: BASE,
    summary: 'Choose who may watch and steer a coding session of a user',
    body: RemoteChange.extend(session),
    response: z.object({ active: z.boolean(), session_id: z.string(), state: RemoteState }),
    errors: [...FOREIGN, 'CODING_NOTHING_ACTIVE'],
  }),
  steer: defineRoute({
    ...shared,
    id: 'coding_remote.steer',
    method: 'POST',
    path: `${BASE}/steer`,
    summary: 'Give a coding session of a user an instruction',
    body: z.object({ text: z.string().trim().min(1).max(100_000), ...from }),
    response: Done,
    errors: [...FOREIGN, 'CODING_NOTHING_ACTIVE', 'CODING_SURFACE_DENIED'],
  }),
  stop: defineRoute({
    ...shared,
    id: 'coding_remote.stop',
    method: 'POST',
    path: `${BASE}/stop`,
    summary: 'End the turn of a coding session of a user',
    body: z.object(from),
    response: Done,
    errors: [...FOREIGN, 'CODING_NOTHING_RUNNING', 'CODING_SURFACE_DENIED'],
  }),
  mode: defineRoute({
    ...shared,
    id: 'coding_remote.mode',
    method: 'POST',
    path: `${BASE}/mode`,
    summary: 'Ask a terminal for another mode; its person confirms autopilot there',
    body: z.object({ mode: CodingMode, ...from }),
    response: Done,
    errors: [...FOREIGN, 'CODING_NOTHING_ACTIVE', 'CODING_SURFACE_DENIED'],
  }),
  consent: defineRoute({
    ...shared,
    id: 'coding_remote.consent',
    method: 'POST',
    path: `${BASE}/consent`,
    summary: 'Answer the question of a coding session of a user in words',
    body: z.object({ text: z.string().trim().min(1).max(4000), ...from }),
    response: Done,
    errors: [...FOREIGN, 'CODING_NO_QUESTION', 'CODING_SURFACE_DENIED'],
  }),
} as const

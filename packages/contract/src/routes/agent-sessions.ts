import { z } from 'zod'
import { JsonObject } from '../json.ts'
import { defineRoute } from '../route.ts'

/** What a terminal lets a coding session do by itself (kernel 4.10). */
export const CodingMode = z.enum(['default', 'plan', 'autopilot'])
export type CodingMode = z.infer<typeof CodingMode>

/** Places from which a session may be watched and steered besides its terminal; `web-panel` is an older name of `panel`. */
export const CODING_SURFACES = ['telegram', 'panel', 'discord', 'api'] as const
export const CodingSurface = z.preprocess((name) => (name === 'web-panel' ? 'panel' : name), z.enum(CODING_SURFACES))
export type CodingSurface = (typeof CODING_SURFACES)[number]

export const CodingStatus = z.enum(['idle', 'running', 'parked'])
export type CodingStatus = z.infer<typeof CodingStatus>

/** Why a session stands still although its work is not over (api.md 5.10). */
export const ParkedReason = z.enum(['consent', 'out_of_credits', 'terminal_offline'])
export type ParkedReason = z.infer<typeof ParkedReason>

export const SessionKind = z.enum(['coding', 'marathon'])
export type SessionKind = z.infer<typeof SessionKind>

/** What a terminal does on request, in its own working folder (api.md 3.22). */
export const LOCAL_TOOLS = [
  'read_file',
  'write_file',
  'edit_file',
  'multi_edit',
  'checkpoint',
  'diff',
  'rollback',
  'bash',
  'grep',
  'list_dir',
  'glob',
  'repo_profile',
  'graph_slice',
  'search_code',
  'impact_of_change',
  'contract_slice',
  'orient',
] as const
export const LocalTool = z.enum(LOCAL_TOOLS)
export type LocalTool = z.infer<typeof LocalTool>

const Iid = z.string().min(1).max(128)
const Part = z.string().regex(/^[A-Za-z0-9_.-]+$/, 'letters, digits, `_`, `.` and `-`')
const described = (most: number) => z.string().max(most).default('')

/** Where a terminal stands. Its clock and zone are those of the person (I-CODING-TIME-CONTRACT). */
export const CodingContext = z.looseObject({
  cwd: described(4096),
  git: z.union([z.string().max(20_000), JsonObject]).nullish(),
  tree: z.union([z.string().max(200_000), JsonObject, z.array(z.json())]).nullish(),
  repo_key: Part.max(64).default('boot'),
  repo_root: described(4096),
  client_now: described(64),
  client_tz_label: described(64),
  repo_profile: z.union([z.string().max(50_000), JsonObject]).nullish(),
  model_tier: z.enum(['webbeesmart', 'supersmart', 'ultrasmart']).nullish(),
  verify_cmd: z.string().max(2000).nullish(),
})
export type CodingContext = z.infer<typeof CodingContext>

export const StartSessionRequest = z.object({
  /** The caller's own id. */
  user_id: z.string().min(1).max(64),
  task: z.string().trim().min(1).max(100_000),
  coding_context: CodingContext.prefault({}),
  /** The same one sent again starts nothing new. */
  steer_iid: Iid,
  surface: z.string().max(32).default('terminal'),
  slot: z.preprocess((slot) => (typeof slot === 'number' ? String(slot) : slot), Part.max(32).nullish()),
  marathon: z.boolean().default(false),
  goal: z.string().max(20_000).nullish(),
})
export type StartSessionRequest = z.infer<typeof StartSessionRequest>

/** What a terminal found, how the person decided, or what the person answered in words. */
export const TerminalResult = z.union([
  z.object({ consent_reply: z.string().max(4000) }),
  z.object({ approved: z.boolean(), reason: z.string().max(4000).nullish() }),
  z.object({
    ok: z.boolean(),
    content: z.preprocess(
      (content) => (typeof content === 'string' ? content : JSON.stringify(content ?? '')),
      z.string(),
    ),
    diff: z.string().nullish(),
    exit_code: z.number().int().nullish(),
    truncated: z.boolean().nullish(),
  }),
])
export type TerminalResult = z.infer<typeof TerminalResult>

export const PendingConsent = z.object({
  req_id: z.string(),
  tool: z.string(),
  summary: z.string(),
  since: z.string(),
})
export type PendingConsent = z.infer<typeof PendingConsent>

export const RemoteState = z.object({
  enabled: z.boolean(),
  /** Where the frames of the session are shown as well. */
  mirror: z.array(z.enum(CODING_SURFACES)),
  /** Who may send instructions. */
  steer: z.array(z.enum(CODING_SURFACES)),
})
export type RemoteState = z.infer<typeof RemoteState>

/** A change of the remote state; what is left out stays. */
export const RemoteChange = z.object({
  enabled: z.boolean().optional(),
  mirror: z.array(CodingSurface).max(16).optional(),
  steer: z.array(CodingSurface).max(16).optional(),
})
export type RemoteChange = z.infer<typeof RemoteChange>

/** One frame of the stream (api.md 6.4): `type` and its members side by side. */
export const CodingFrame = z.looseObject({
  type: z.string(),
  task_id: z.string().optional(),
  origin: z.string().optional(),
})
export type CodingFrame = z.infer<typeof CodingFrame>

const Preview = z.object({ preview: z.string(), truncated: z.boolean(), total_bytes: z.number().int() })
export const ActivityStep = z.object({
  ok: z.boolean().nullable().describe('Null while it runs.'),
  app_id: z.string(),
  tool: z.string(),
  duration_ms: z.number().int().nullable(),
  trace_id: z.string(),
  args: Preview,
  result: Preview,
  started_at: z.string(),
})
export type ActivityStep = z.infer<typeof ActivityStep>

const SessionPath = z.object({ session_id: z.string().max(200) })
const BASE = '/v1/agent/sessions'
const shared = { auth: 'user', surface: 'client', tag: 'agent' } as const
const NO_SESSION = 'CODING_NO_SESSION'

/**
 * Coding sessions of a terminal (api.md 3.22). Ids are made by the client, so one that is well formed and the caller's own
 * is answered although nothing has happened under it yet; any other one is 404.
 */
export const agentSessions = {
  start: defineRoute({
    ...shared,
    id: 'agent.start',
    method: 'POST',
    path: BASE,
    summary: 'Begin a turn of a coding session, or join the one that runs',
    body: StartSessionRequest,
    response: z.object({ session_id: z.string(), last_id: z.string(), task_id: z.string() }),
    errors: ['CODING_NOT_YOURS', 'CODING_DENIED', 'CODING_NO_CREDITS', 'CODING_TOO_MANY', 'CODING_NO_MODEL'],
  }),
  active: defineRoute({
    ...shared,
    id: 'agent.active',
    method: 'GET',
    path: `${BASE}/active`,
    summary: 'Coding sessions that run, wait or have a terminal',
    response: z.object({
      sessions: z.array(
        z.object({
          session_id: z.string(),
          label: z.string(),
          kind: SessionKind,
          status: CodingStatus,
          started: z.string(),
          pending_consent: PendingConsent.nullable(),
          terminal_online: z.boolean(),
          applied_mode: CodingMode,
        }),
      ),
    }),
  }),
  stream: defineRoute({
    ...shared,
    id: 'agent.stream',
    method: 'GET',
    path: `${BASE}/{session_id}/stream`,
    summary: 'Frames of a coding session, as server-sent events; whoever reads them is its terminal',
    params: SessionPath,
    response: CodingFrame,
    responseKind: 'stream',
    errors: [NO_SESSION, 'CODING_TOO_MANY_STREAMS'],
  }),
  result: defineRoute({
    ...shared,
    id: 'agent.result',
    method: 'POST',
    path: `${BASE}/{session_id}/result`,
    summary: 'Answer a request of a coding session; the first answer counts',
    params: SessionPath,
    body: z.object({ req_id: z.string().min(1).max(128), result: TerminalResult }),
    bodyLimit: 4 * 1024 * 1024,
    response: z.object({ ok: z.literal(true), duplicate: z.boolean().optional(), ignored: z.boolean().optional() }),
    errors: [NO_SESSION],
  }),
  cancel: defineRoute({
    ...shared,
    id: 'agent.cancel',
    method: 'POST',
    path: `${BASE}/{session_id}/cancel`,
    summary: 'End the turn of a coding session; what was said stays',
    params: SessionPath,
    response: z.object({ ok: z.literal(true) }),
    errors: [NO_SESSION],
  }),
  thread: defineRoute({
    ...shared,
    id: 'agent.thread',
    method: 'GET',
    path: `${BASE}/{session_id}/thread`,
    summary: 'What was said in a coding session, oldest first',
    params: SessionPath,
    query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(40) }),
    response: z.object({
      messages: z.array(
        z.object({
          role: z.enum(['user', 'assistant']),
          content: z.string(),
          surface: z.string(),
          created_at: z.string(),
        }),
      ),
    }),
    errors: [NO_SESSION],
  }),
  pendingSteer: defineRoute({
    ...shared,
    id: 'agent.pending_steer',
    method: 'GET',
    path: `${BASE}/{session_id}/pending-steer`,
    summary: 'Instructions that wait for an idle terminal, each handed out once',
    // It takes what it hands out.
    keyScope: 'agent:write',
    params: SessionPath,
    query: z.object({ mode: CodingMode.optional(), label: z.string().max(200).optional() }),
    response: z.object({
      items: z.array(z.object({ text: z.string(), surface: z.string(), iid: z.string() })),
      requested_mode: z.object({ mode: CodingMode, surface: z.string() }).nullable(),
      attach: z.object({ task_id: z.string(), last_id: z.string(), kind: SessionKind }).nullable(),
    }),
    errors: [NO_SESSION],
  }),
  inject: defineRoute({
    ...shared,
    id: 'agent.inject',
    method: 'POST',
    path: `${BASE}/{session_id}/inject`,
    summary: 'Say something to the turn that runs',
    params: SessionPath,
    body: z.object({
      text: z.string().trim().min(1).max(100_000),
      steer_iid: Iid,
      surface: z.string().max(32).default('terminal'),
    }),
    response: z.object({ ok: z.boolean() }),
    errors: [NO_SESSION],
  }),
  drop: defineRoute({
    ...shared,
    id: 'agent.drop',
    method: 'POST',
    path: `${BASE}/{session_id}/drop`,
    summary: 'Take back what was said before the turn has read it',
    params: SessionPath,
    body: z.object({ steer_iid: Iid }),
    response: z.object({ ok: z.boolean() }),
    errors: [NO_SESSION],
  }),
  remote: defineRoute({
    ...shared,
    id: 'agent.remote',
    method: 'GET',
    path: `${BASE}/{session_id}/remote`,
    summary: 'Who else may watch and steer a coding session',
    params: SessionPath,
    response: z.object({ state: RemoteState }),
    errors: [NO_SESSION],
  }),
  setRemote: defineRoute({
    ...shared,
    id: 'agent.set_remote',
    method: 'PUT',
    path: `${BASE}/{session_id}/remote`,
    summary: 'Choose who else may watch and steer a coding session',
    params: SessionPath,
    body: RemoteChange,
    response: z.object({ state: RemoteState }),
    errors: [NO_SESSION],
  }),
  step: defineRoute({
    ...shared,
    id: 'agent.step',
    method: 'GET',
    path: '/v1/activity/steps/{ref}',
    summary: 'What one step of a coding session was given and what it found, masked and shortened',
    params: z.object({ ref: z.string().max(400).describe('`terminal:<session id>:<step id>`') }),
    response: ActivityStep,
    errors: ['CODING_NO_STEP'],
  }),
} as const

import type { JsonObject } from '@imperal/contract'
import type { RunProgress } from '@imperal/ir'
import type { Statement } from '../../../foundation/db/index.ts'
import { newCallId } from '../../../foundation/ids.ts'
import type {
  AppInUse,
  Consent,
  LedgerStatus,
  Pass,
  RefusedCall,
  TargetVerdict,
  VerifiedCall,
} from '../corridor/stages.ts'
import type { HandlerDefinition } from '../handlers/handler-definition.ts'
import type { CallSource } from '../types.ts'
import { maskArguments, preview, toDatabaseJson } from './mask.ts'

/** One row of the action ledger as it is written; times are ISO 8601. */
export interface LedgerRow {
  readonly call_id: string
  readonly tenant_id: string
  readonly user_id: string
  readonly agency_id: string | null
  readonly trace_id: string
  readonly chain_id: string | null
  readonly step_id: string | null
  readonly parent_task_id: string | null
  readonly conversation_id: string | null
  readonly source: string
  readonly actor_kind: string
  readonly app_id: string
  readonly function: string
  readonly action_type: string
  /** Only services report `skipped`. */
  readonly status: LedgerStatus | 'skipped'
  readonly error_code: string | null
  readonly args: JsonObject
  readonly message_preview: string | null
  readonly result_preview: string | null
  readonly confirmation: Consent['confirmation'] | 'user_cancelled' | 'expired' | 'required'
  readonly confirmation_id: string | null
  readonly event_type: string | null
  readonly event_id: string | null
  readonly retention_class: 'federal_7y' | 'standard_90d' | 'security_forever'
  readonly duration_ms: number
  readonly facts: JsonObject
  readonly received_at: string
  readonly completed_at: string
}

const COLUMNS = [
  ['call_id', 'text'],
  ['tenant_id', 'text'],
  ['user_id', 'text'],
  ['agency_id', 'text'],
  ['trace_id', 'text'],
  ['chain_id', 'text'],
  ['step_id', 'text'],
  ['parent_task_id', 'text'],
  ['conversation_id', 'text'],
  ['source', 'text'],
  ['actor_kind', 'text'],
  ['app_id', 'text'],
  ['function', 'text'],
  ['action_type', 'text'],
  ['status', 'text'],
  ['error_code', 'text'],
  ['args', 'jsonb'],
  ['message_preview', 'text'],
  ['result_preview', 'text'],
  ['confirmation', 'text'],
  ['confirmation_id', 'text'],
  ['event_type', 'text'],
  ['event_id', 'text'],
  ['retention_class', 'text'],
  ['duration_ms', 'integer'],
  ['facts', 'jsonb'],
  ['received_at', 'timestamptz'],
  ['completed_at', 'timestamptz'],
] as const satisfies readonly (readonly [keyof LedgerRow, string])[]

export const LEDGER_COLUMNS = COLUMNS.map(([name]) => name)
const NAMES = LEDGER_COLUMNS.join(', ')
const RECORD = COLUMNS.map(([name, type]) => `${name} ${type}`).join(', ')

const INSERT = `insert into ledger.action (${NAMES}) select ${NAMES} from json_to_recordset($1::json) as row (${RECORD})
on conflict (tenant_id, user_id, call_id) do nothing`

/** One statement for any number of rows. A row that is there already stays as it is. */
export const insertRows = (rows: readonly LedgerRow[]): Statement => ({ text: INSERT, values: [toDatabaseJson(rows)] })

const INSERT_FIRST = `with written as (${INSERT} returning 1) select 1 / count(*) as ours from written`

/** One row that must not be there yet: divides by zero when it is, so that its whole transaction is rolled back. */
export const insertFirst = (row: LedgerRow): Statement => ({ text: INSERT_FIRST, values: [toDatabaseJson([row])] })

/** Turns the open calls that `which` picks (as `c`) into rows of status `unknown`, and answers their ids. */
const recovering = (which: string): string => `with dead as (
  delete from kernel.open_call c where ${which} returning c.draft
)
insert into ledger.action (${NAMES})
select ${COLUMNS.map(([name]) => (name === 'completed_at' ? 'now()' : `row.${name}`)).join(', ')}
from dead, json_to_record(dead.draft::json) as row (${RECORD})
on conflict (tenant_id, user_id, call_id) do nothing
returning call_id`

/**
 * Those of dead nodes; `$1` is the age of a heartbeat in seconds that counts as dead, `$2` the node that asks, which is
 * alive whatever its heartbeat says.
 */
export const RECOVER = recovering(`c.node_id <> $2 and not exists (
  select 1 from kernel.node n where n.node_id = c.node_id and n.heartbeat_at > now() - make_interval(secs => $1))`)

const RECOVER_ONE = recovering('c.call_id = $1')

/** One open call whose process has lost it: nothing can be written in its name from here on. */
export const recoverOne = (callId: string): Statement => ({ text: RECOVER_ONE, values: [callId] })

interface Facts {
  readonly pass: Pass
  readonly use: AppInUse | null
  readonly handler: HandlerDefinition | null
  readonly params: JsonObject
  readonly checkedScopes: readonly string[]
  readonly target: TargetVerdict | null
  readonly secretParams?: ReadonlySet<string>
}

function factsOf(call: Facts, nodeId: string): JsonObject {
  const { target, use } = call
  const cross = target !== null && target.verdict !== 'no_target'
  return {
    worker_id: nodeId,
    checked_scopes: [...call.checkedScopes],
    ...(use === null || use.version.revision === null ? {} : { revision: use.version.revision }),
    ...(cross
      ? {
          cross_user: target.verdict !== 'self_target',
          target_user_id: target.targetUserId,
          target_param: target.targetParam,
          target_scope_required: target.requiredScope,
          target_scope_verdict: target.verdict,
        }
      : {}),
  }
}

type Ending = Pick<
  LedgerRow,
  'status' | 'error_code' | 'result_preview' | 'confirmation' | 'confirmation_id' | 'retention_class'
>

const EXTENSIONS: ReadonlySet<CallSource> = new Set(['ipc', 'tools'])
const ACTOR_KIND = { user: 'user', system: 'system', webhook: 'service' } as const

// A call that writes has two rows, the one that it is open and the last; its arguments are the same object in both.
const masked = new WeakMap<
  JsonObject,
  { readonly secrets: ReadonlySet<string> | undefined; readonly args: JsonObject }
>()
function maskedArguments({ params, secretParams: secrets }: Facts): JsonObject {
  const known = masked.get(params)
  if (known !== undefined && known.secrets === secrets) return known.args
  const args = maskArguments(params, secrets === undefined ? {} : { secrets })
  masked.set(params, { secrets, args })
  return args
}

function rowOf(call: Facts, ending: Ending, nodeId: string): LedgerRow {
  const { pass } = call
  const { intent, actor } = pass
  const duration = Math.max(0, performance.now() - pass.startedAt)
  return {
    call_id: pass.callId,
    tenant_id: actor.tenantId,
    user_id: actor.userId,
    agency_id: actor.agencyId,
    trace_id: pass.traceId,
    chain_id: intent.chainId ?? null,
    step_id: intent.stepId ?? null,
    parent_task_id: pass.parentTaskId,
    conversation_id: intent.conversationId ?? null,
    source: intent.source,
    actor_kind: EXTENSIONS.has(intent.source) ? 'extension' : ACTOR_KIND[actor.kind],
    app_id: intent.appId,
    function: call.handler?.functionName ?? intent.function.slice(0, 256),
    action_type: call.handler?.actionType ?? 'read',
    // A webhook's body may be anything; the ledger keeps that it came, not what it said (K7.9).
    args: intent.source === 'webhook' ? {} : maskedArguments(call),
    message_preview: preview(intent.messagePreview),
    event_type: null,
    event_id: null,
    duration_ms: Math.round(duration),
    facts: factsOf(call, nodeId),
    received_at: new Date(pass.receivedAt).toISOString(),
    completed_at: new Date(pass.receivedAt + duration).toISOString(),
    ...ending,
  }
}

/** The row of a call that a gate turned away. */
export function refusedRow(call: RefusedCall, nodeId: string): LedgerRow {
  const { refusal, consent } = call
  return rowOf(
    call,
    {
      status: refusal.ledger === 'none' ? 'denied' : refusal.ledger,
      error_code: refusal.code,
      result_preview: preview(refusal.message),
      confirmation: refusal.question === undefined ? (consent?.confirmation ?? 'not_required') : 'required',
      confirmation_id: refusal.question?.confirmationId ?? consent?.confirmationId ?? null,
      retention_class: refusal.security || refusal.code === 'PERMISSION_DENIED' ? 'security_forever' : 'federal_7y',
    },
    nodeId,
  )
}

/** Ids of steps and of records that a row names at the most. */
const MOST_NAMED = 200

/** What a declarative handler did, by id and never by value (I11.7). */
function stepsOf(progress: RunProgress | null): JsonObject {
  if (progress === null) return {}
  const { path, affected } = progress
  const cut = affected.length > MOST_NAMED ? { records_total: affected.length } : {}
  return { steps: path.slice(0, MOST_NAMED), records: affected.slice(0, MOST_NAMED), ...cut }
}

/** The row of a call that ran. Reads are kept for 90 days, everything else for seven years (11.2). */
export function verifiedRow(call: VerifiedCall, nodeId: string): LedgerRow {
  const { confirmed, attempts, progress } = call.executed
  const { verdict } = call
  const row = rowOf(
    confirmed,
    {
      status: verdict.status,
      // What its person stopped is no error.
      error_code: verdict.status === 'cancelled' ? null : verdict.errorCode,
      result_preview: preview(verdict.error ?? verdict.summary),
      confirmation: confirmed.consent.confirmation,
      confirmation_id: confirmed.consent.confirmationId,
      retention_class:
        confirmed.handler.actionType === 'read' && confirmed.consent.confirmationId === null
          ? 'standard_90d'
          : 'federal_7y',
    },
    nodeId,
  )
  const tries = attempts === 1 ? {} : { attempts }
  return { ...row, facts: { ...row.facts, ...stepsOf(progress), ...tries } }
}

/** The rows of users in whose name a call changed something, one each (K7.5). */
export function actingRows({ executed }: VerifiedCall, row: LedgerRow): LedgerRow[] {
  return [...executed.actedFor].map(([userId, counts]) => ({
    ...row,
    call_id: newCallId(),
    user_id: userId,
    action_type: 'write',
    args: Object.fromEntries(counts),
    result_preview: null,
    event_type: null,
    event_id: null,
    retention_class: 'federal_7y',
    facts: { ...row.facts, as_user: true, by_call: row.call_id },
  }))
}

/** What recovery makes of a call whose node died: it may have had its effects, and nobody knows its result. */
export function openRow(call: Facts & { readonly consent: Consent }, nodeId: string): LedgerRow {
  return rowOf(
    call,
    {
      status: 'unknown',
      error_code: 'INTERNAL',
      result_preview: null,
      confirmation: call.consent.confirmation,
      confirmation_id: call.consent.confirmationId,
      retention_class: 'federal_7y',
    },
    nodeId,
  )
}

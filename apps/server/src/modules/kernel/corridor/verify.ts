import {
  type ActionType,
  AppId,
  type HandlerKind,
  type JsonObject,
  type JsonValue,
  WebhookReply,
} from '@imperal/contract'
import * as z from 'zod'
import { exceeds } from '../ledger/size.ts'
import { notReflected } from './reflected.ts'
import type { ExecutedCall, HandlerAnswer, Verdict, VerifiedCall } from './stages.ts'
import { type UpstreamCode, upstreamCode } from './upstream-failure.ts'

/** The handler was ended because its node ends, and not for anything that it did. */
export const CUT_OFF = 'EXT_CUT_OFF'
const MAX_RESULT_BYTES = 1024 * 1024
const AppIds = z.array(AppId).min(2).max(11)
const CODE = /^[A-Z][A-Z0-9_]{2,63}$/
const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const EMPTY = {
  summary: '',
  data: {},
  error: null,
  errorCode: null,
  retryable: false,
  ui: null,
  refreshPanels: undefined,
  directives: undefined,
  critical: false,
  cutOff: false,
} as const

const succeeded = (data: JsonValue, more: Partial<Verdict> = {}): Verdict => ({
  status: 'success',
  ...EMPTY,
  data,
  ...more,
})
const failed = (errorCode: string, error: string, more: Partial<Verdict> = {}): Verdict => ({
  status: 'failed',
  ...EMPTY,
  error,
  errorCode,
  ...more,
})

const brokenContract = (): Verdict =>
  failed('INTERNAL', 'The app gave an answer that is not a result. Its developer has been told.', { critical: true })

const panelsOf = (value: JsonValue | undefined): readonly string[] | undefined =>
  Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : undefined

/** The wire form of an ActionResult (sdk.md 4.1); null when the value is none. */
function actionResult(value: JsonValue): Verdict | null {
  if (!isObject(value) || (value.status !== 'success' && value.status !== 'error')) return null
  const common = {
    summary: typeof value.summary === 'string' ? value.summary : '',
    ui: value.ui ?? null,
    refreshPanels: panelsOf(value.refresh_panels),
  }
  const data = value.data ?? {}
  if (value.status === 'success')
    return value.error === undefined && isObject(data) ? succeeded(data, common) : brokenContract()
  const message =
    typeof value.error === 'string' && value.error.trim() !== ''
      ? value.error
      : 'The app reported a failure without saying why.'
  const code =
    typeof value.error_code === 'string' && CODE.test(value.error_code) ? value.error_code : 'EXT_UNSTRUCTURED_ERROR'
  return failed(code, message, { ...common, data, retryable: value.retryable === true })
}

/** A function answers with an ActionResult and nothing else (K3.39); the SDK wraps what fits the declared model. */
const ofFunction = (value: JsonValue): Verdict => actionResult(value) ?? brokenContract()

function ofTool(value: JsonValue): Verdict {
  if (typeof value === 'string') return succeeded({}, { summary: value })
  return actionResult(value) ?? (isObject(value) ? succeeded(value) : brokenContract())
}

/** The node is lifted into `ui`; what else the handler wrapped around it stays data (ui 1.6). */
function ofSurface(value: JsonValue): Verdict {
  if (value === null) return succeeded({})
  const result = actionResult(value)
  if (result !== null) return result
  if (!isObject(value)) return brokenContract()
  const { ui, ...data } = value
  return succeeded(data, { ui: ui ?? null, refreshPanels: panelsOf(value.refresh_panels) })
}

/** `{response: {…}}` and an ActionResult are the same snapshot (K5.8). */
function ofSkeleton(value: JsonValue): Verdict {
  if (isObject(value) && isObject(value.response)) return succeeded(value.response)
  return actionResult(value) ?? (isObject(value) ? succeeded(value) : brokenContract())
}

const ofWebhook = (value: JsonValue): Verdict =>
  WebhookReply.safeParse(value).success ? succeeded(value) : brokenContract()

/** Handlers whose answer means nothing unless it is a failure: schedules, hooks, event handlers. */
const ofNothing = (value: JsonValue): Verdict => actionResult(value) ?? succeeded({})

function ofHealth(value: JsonValue): Verdict {
  if (!isObject(value)) return brokenContract()
  const status = value.status ?? (value.healthy === true ? 'ok' : value.healthy === false ? 'unhealthy' : null)
  if (status !== 'ok' && status !== 'degraded' && status !== 'unhealthy') return brokenContract()
  return succeeded({
    status,
    message: typeof value.message === 'string' ? value.message : '',
    details: isObject(value.details) ? value.details : {},
  })
}

const BY_KIND: Readonly<Record<HandlerKind, (value: JsonValue) => Verdict>> = {
  function: ofFunction,
  background: ofFunction,
  tool: ofTool,
  expose: ofTool,
  panel: ofSurface,
  widget: ofSurface,
  tray: ofSurface,
  menu: ofSurface,
  skeleton: ofSkeleton,
  skeleton_alert: ofTool,
  schedule: ofNothing,
  signal: ofNothing,
  event: ofNothing,
  lifecycle: ofNothing,
  webhook: ofWebhook,
  health: ofHealth,
}

interface Answering {
  readonly functionName: string
  readonly actionType: ActionType
}

const tooLarge = ({ functionName }: Answering): Verdict =>
  failed(
    'RESULT_TOO_LARGE',
    `The answer of ${functionName} is larger than 1 MB. Ask for less of it at once; its developer has been told how to mend it.`,
  )

const OFF_FOR_CALLER =
  'The app is switched off for you: calls of yours crashed it three times within an hour. Others can use it; try again in an hour, or when its developer has deployed it again.'

/** What a missing answer means. A change whose host died may have happened: nobody knows, and nobody may try again unasked. */
function ofFailure(answer: Extract<HandlerAnswer, { ok: false }>, handler: Answering, opened: boolean): Verdict {
  const isRead = handler.actionType === 'read'
  const lost: Partial<Verdict> = isRead ? { retryable: true } : { status: 'unknown' }
  switch (answer.code) {
    case 'EXT_THREW':
      return ofThrown(answer, isRead)
    case 'EXT_TIMEOUT':
      return failed('BACKEND_TIMEOUT', 'The app did not answer in time.', { status: 'timed_out', retryable: isRead })
    case 'EXT_ABORTED':
      return failed('INTERNAL', 'The call was cancelled.', { status: 'cancelled' })
    case CUT_OFF:
      // Where no effect had begun it is known that nothing was done, and whoever goes on may do it (4.7).
      return failed(
        'INTERNAL',
        'The platform was stopped in the middle of the call.',
        opened ? lost : { retryable: true, cutOff: true },
      )
    case 'EXT_START_FAILED':
      return failed('INTERNAL', 'The app could not be started.', { retryable: true })
    case 'EXT_DISABLED':
      return failed('INTERNAL', 'The app is switched off after repeated crashes, until its developer deploys it again.')
    case 'EXT_DISABLED_FOR_CALLER':
      return failed('INTERNAL', OFF_FOR_CALLER)
    case 'RESULT_TOO_LARGE':
      return tooLarge(handler)
    case 'EXT_HUNG':
      return failed('INTERNAL', 'The app stopped answering in the middle of the call and was ended.', lost)
    case 'EXT_OUT_OF_MEMORY':
      return failed('INTERNAL', 'The app used more memory than it may in the middle of the call and was ended.', lost)
    default:
      return failed('INTERNAL', 'The app stopped working in the middle of the call.', lost)
  }
}

/** The database crashed before what the call wrote was on the disk: some of it may be there, and some not. */
export const effectsLost = (): Verdict =>
  failed(
    'INTERNAL',
    'The database was interrupted during the call: whether it was carried out is unknown. Look before you try again.',
    {
      status: 'unknown',
    },
  )

const UPSTREAM: Readonly<Record<UpstreamCode, string>> = {
  BACKEND_5XX: 'A service that the app uses does not work at the moment.',
  BACKEND_TIMEOUT: 'A service that the app uses did not answer in time.',
  RATE_LIMITED: 'A service that the app uses wants to be asked less often. Try again in a while.',
}

const NO_MODEL = 'The app needs a language model, and none is set up. Add one under Settings, Language model.'

/** The apps of a circle that the kernel refused, when the handler let that error pass (sdk.md 3.12); ids only, no text of an app. */
function circleOf(error: Extract<HandlerAnswer, { ok: false }>['error']): string[] | null {
  if (error?.code !== 'extension_error' && error?.code !== 'circular_call_error') return null
  const chain = AppIds.safeParse(error.detail?.call_stack)
  return chain.success ? chain.data : null
}

/** Never the text of an exception (K1.5): the developer finds it in the log. */
function ofThrown({ error }: Extract<HandlerAnswer, { ok: false }>, isRead: boolean): Verdict {
  if (error?.code === 'task_cancelled') return failed('INTERNAL', 'Task cancelled.', { status: 'cancelled' })
  if (error?.code === 'VALIDATION_MISSING_FIELD' || error?.code === 'VALIDATION_TYPE_ERROR')
    return failed(error.code, error.message, { status: 'validation_rejected', data: error.detail ?? {} })
  const circle = circleOf(error)
  if (circle !== null)
    return failed('INTERNAL', `Circular call detected: ${circle.join(' -> ')}`, { data: { call_stack: circle } })
  if (error?.code === 'llm_unavailable') return failed('LLM_UNAVAILABLE', NO_MODEL)
  const upstream = upstreamCode(error)
  if (upstream !== null)
    return failed(upstream, UPSTREAM[upstream], { retryable: isRead || upstream === 'RATE_LIMITED' })
  return failed('INTERNAL', 'Something went wrong in the app.')
}

/** Only the interpreter makes directives; code answers with a tree that has actions. */
function withDirectives(verdict: Verdict, value: JsonValue): Verdict {
  if (verdict.status !== 'success' || !isObject(value) || !Array.isArray(value.directives)) return verdict
  return { ...verdict, directives: value.directives.filter(isObject) }
}

/** What an app of the platform changed must be what was asked for (K3.50); who reads “done” relies on it. */
function reflected(verdict: Verdict, { params, handler, use }: ExecutedCall['confirmed']): Verdict {
  if (verdict.status !== 'success' || !use.app.firstParty || handler.actionType === 'read') return verdict
  if (handler.kind !== 'function') return verdict
  const fields = notReflected(params, verdict.data)
  if (fields.length === 0) return verdict
  return failed(
    'WRITE_NOT_REFLECTED',
    `What was written is not what was asked for: ${fields.join(', ')}. Look before you try again.`,
    { data: { not_reflected: fields } },
  )
}

/** G10, layer A: only an ActionResult of status `success` counts as done. */
export function verify(executed: ExecutedCall): VerifiedCall {
  const { handler, use } = executed.confirmed
  const { answer } = executed
  let verdict: Verdict
  // The first effect may be there, and nobody heard of it: whatever the handler says, that is not known.
  if (executed.uncertain) verdict = effectsLost()
  else if (!answer.ok) verdict = ofFailure(answer, handler, executed.opened)
  else if (exceeds(answer.value, MAX_RESULT_BYTES)) verdict = tooLarge(handler)
  else verdict = BY_KIND[handler.kind](answer.value)
  verdict = reflected(verdict, executed.confirmed)
  if (answer.ok && use.version.format === 'ir') verdict = withDirectives(verdict, answer.value)
  return { stage: 'verified', executed, verdict } as VerifiedCall // the only place that may say so
}

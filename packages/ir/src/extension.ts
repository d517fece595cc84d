import type { ExtensionPort, GuestCall, JsonObject, JsonValue, KernelPort } from '@imperal/contract'
import { callTarget } from './derive/action-type.ts'
import { paddedVersion } from './derive/complete.ts'
import { hookOf, LIFECYCLE_HOOKS } from './derive/open-slots.ts'
import { toManifest } from './derive/to-manifest.ts'
import type { IrDocument } from './document.ts'
import { isObject } from './json.ts'
import { IR_LIMITS } from './limits.ts'
import { runPanel } from './panel/run-panel.ts'
import { withPortErrors } from './run/port-errors.ts'
import { RunError } from './run/run-error.ts'
import { type FunctionOutcome, runFunction } from './run/run-function.ts'
import { runSection } from './run/run-section.ts'
import { findFunction, type RunState } from './run/run-state.ts'
import { newWorkBudget, type WorkBudget } from './template/scope.ts'

/** How a run differs from an ordinary call. */
export interface RunOptions {
  /** False when an event or an automation started it (I5.8). */
  readonly hasClient?: boolean
  readonly now?: () => number
  /** Of several runs that share one time and one budget: when they have to be done, Unix milliseconds. */
  readonly deadline?: number
  readonly work?: WorkBudget
  readonly stepsPerTurn?: number
  /** Gets what every run has done so far; it fills as the run goes on (I11.7). */
  readonly onBegin?: (progress: RunProgress) => void
  /** Told once of every function that ran to its end or failed in a step (I11.7). */
  readonly onEnd?: (report: RunReport) => void
}

/** Ids of executed steps in order, those of called functions among them, and of records that were written or deleted. */
export interface RunProgress {
  readonly path: readonly string[]
  readonly affected: readonly string[]
}

/** What a run did, without a value that it wrote. */
export interface RunReport {
  readonly errorCode: string | null
  readonly step: string | null
  readonly path: readonly string[]
  readonly affected: readonly string[]
  /** What was left out because nobody was there (I5.8). */
  readonly notes: readonly string[]
  readonly durationMs: number
}

const STEPS_PER_TURN = 16

/** Longest run of a function in milliseconds (ir 12): a completion counts wherever in the calls of siblings it stands. */
export const wallTimeOf = (document: IrDocument, name: string): number =>
  usesCompletion(document, name) ? IR_LIMITS.wallTimeWithCompletionMs : IR_LIMITS.wallTimeMs

function usesCompletion(document: IrDocument, name: string): boolean {
  const { app } = document
  const seen = new Set<string>()
  const hook = LIFECYCLE_HOOKS.find((one) => one === name)
  const first = findFunction(document, (hook === undefined ? null : hookOf(document, hook)) ?? name)
  // No name: whatever the document has.
  const open = name === '' ? [...app.functions] : [first]
  for (let fn = open.pop(); fn !== undefined; fn = open.pop()) {
    if (seen.has(fn.name)) continue
    seen.add(fn.name)
    for (const step of fn.steps) {
      if (step.action === 'ai.complete') return true
      const target = callTarget(step, app.id)
      const callee = target?.appId === app.id ? findFunction(document, target.function) : undefined
      if (callee !== undefined) open.push(callee)
    }
  }
  return false
}

/** What one call shares: the clients, its time, and what templates see of the caller. */
export function newRunState(
  document: IrDocument,
  call: Pick<GuestCall, 'name' | 'ctx'>,
  kernel: Pick<KernelPort, 'callback'>,
  options: RunOptions = {},
): RunState {
  const now = options.now ?? Date.now
  const started = new Date(now()).toISOString()
  const { user } = call.ctx
  return {
    document,
    callback: (client, method, args) => kernel.callback(client, method, args),
    ctx: {
      user: { imperal_id: user?.imperal_id ?? '', tenant_id: user?.tenant_id ?? '' },
      app_id: document.app.id,
      now: started,
      today: started.slice(0, 10),
    },
    work: options.work ?? newWorkBudget(),
    now,
    stepsPerTurn: options.stepsPerTurn ?? STEPS_PER_TURN,
    deadline: options.deadline ?? now() + wallTimeOf(document, call.name),
    hasClient: options.hasClient ?? true,
    directives: [],
    stack: [call.name],
    counts: { calls: 0, completions: 0 },
    affected: [],
    path: [],
    notes: [],
  }
}

/** A function's result on the wire; directives ride along only when there are any (ir 4.4). */
function toActionResult({ data, summary, ui }: FunctionOutcome, directives: readonly JsonObject[]): JsonObject {
  return {
    status: 'success',
    summary,
    // The wire knows objects only; a bare list or value gets a name.
    data: isObject(data) ? data : { value: data },
    ...(ui === null ? {} : { ui }),
    ...(directives.length === 0 ? {} : { directives: [...directives] }),
  }
}

function toFailure(error: RunError, name: string): JsonObject {
  const { code, retryable, step, message } = error
  return {
    status: 'error',
    error: message,
    error_code: code,
    retryable,
    data: { ...error.detail, error_code: code, function: name, step, retryable },
  }
}

const unknownHandler = (kind: string, name: string): RunError =>
  new RunError('UNKNOWN_SUB_FUNCTION', `This app has no ${kind} “${name}”.`)

async function invokeFunction(
  document: IrDocument,
  call: Pick<GuestCall, 'name' | 'params'>,
  state: RunState,
  onEnd: RunOptions['onEnd'],
): Promise<JsonValue> {
  const params = isObject(call.params) ? call.params : {}
  const began = state.now()
  const report = (errorCode: string | null, step: string | null) =>
    onEnd?.({
      ...{ errorCode, step, path: state.path, affected: state.affected, notes: state.notes },
      durationMs: state.now() - began,
    })
  try {
    const fn = findFunction(document, call.name)
    if (fn === undefined) throw new RunError('UNKNOWN_SUB_FUNCTION', `This app has no function “${call.name}”.`)
    const outcome = await runFunction(state, fn, params)
    report(null, null)
    return toActionResult(outcome, state.hasClient ? state.directives : [])
  } catch (error) {
    if (!(error instanceof RunError)) throw error
    report(error.code, error.step)
    const failure = toFailure(error, call.name)
    // Whatever started it would start it again, and what was written would be there twice (I4.12).
    return state.hasClient || state.affected.length === 0 ? failure : { ...failure, retryable: false }
  }
}

/**
 * A hook of the lifecycle runs its function without params. What the function declares to say after a success it says
 * itself: to the corridor it is the hook that ran (I11.6).
 */
async function invokeHook(
  document: IrDocument,
  call: GuestCall,
  state: RunState,
  onEnd: RunOptions['onEnd'],
): Promise<JsonValue> {
  const hook = LIFECYCLE_HOOKS.find((one) => one === call.name)
  const name = (hook === undefined ? null : hookOf(document, hook)) ?? call.name
  const answer = await invokeFunction(document, { name, params: {} }, { ...state, stack: [name] }, onEnd)
  const fn = findFunction(document, name)
  if (fn === undefined || fn.event === '' || fn.action_type === 'read') return answer
  if (!isObject(answer) || answer.status !== 'success') return answer
  try {
    await withPortErrors(() => state.callback('extensions', 'emit', [fn.event, answer.data ?? {}]))
    return answer
  } catch (error) {
    if (!(error instanceof RunError)) throw error
    return { ...toFailure(error, name), retryable: false }
  }
}

async function invokePanel(document: IrDocument, call: GuestCall, state: RunState): Promise<JsonValue> {
  const panel = document.app.panels.find(({ panel_id }) => panel_id === call.name)
  if (panel === undefined) return toFailure(unknownHandler('panel', call.name), call.name)
  return { ui: await runPanel(state, panel, isObject(call.params) ? call.params : {}), panel_id: call.name }
}

async function invokeSection(document: IrDocument, call: GuestCall, kernel: KernelPort, state: RunState) {
  const section = document.app.skeleton.find((one) => one.section === call.name)
  if (section === undefined) throw new Error(`there is no section ${call.name}`)
  return runSection(state, section, (line) => kernel.log('warn', `section ${call.name}: ${line}`))
}

/**
 * A completed document as an extension: the same port that code extensions have, so the corridor, the panel and the
 * isolated host run it as they run code, in process or remote, with the same outcome (I11.5).
 */
export function createIrExtension(document: IrDocument, options: RunOptions = {}): ExtensionPort {
  return {
    appId: document.app.id,
    version: paddedVersion(document.app.version),
    manifest: () => toManifest(document),
    async invoke(call, kernel) {
      const state = newRunState(document, call, kernel, options)
      options.onBegin?.({ path: state.path, affected: state.affected })
      if (call.kind === 'function' || call.kind === 'tool') return invokeFunction(document, call, state, options.onEnd)
      if (call.kind === 'panel') return invokePanel(document, call, state)
      if (call.kind === 'skeleton') return invokeSection(document, call, kernel, state)
      if (call.kind === 'lifecycle') return invokeHook(document, call, state, options.onEnd)
      return toFailure(unknownHandler(call.kind, call.name), call.name)
    },
  }
}

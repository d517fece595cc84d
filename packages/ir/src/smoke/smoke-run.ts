import {
  type ContextSnapshot,
  type JsonObject,
  type JsonValue,
  PANEL_TOOL_PREFIX,
  SKELETON_REFRESH_PREFIX,
} from '@imperal/contract'
import type { IrDocument } from '../document.ts'
import { newRunState, type RunOptions } from '../extension.ts'
import type { IrIssue } from '../issues.ts'
import { isObject, shown } from '../json.ts'
import { runPanel } from '../panel/run-panel.ts'
import { RunError } from '../run/run-error.ts'
import { type FunctionOutcome, runFunction } from '../run/run-function.ts'
import { runSection } from '../run/run-section.ts'
import { findFunction } from '../run/run-state.ts'
import { newWorkBudget } from '../template/scope.ts'
import { type ValidateOptions, validateDocument } from '../validate/validate.ts'
import { MemoryPlatform } from './memory-platform.ts'

export interface SmokeAnswer {
  readonly ok: boolean
  readonly result?: JsonValue
  readonly summary?: string
  /** The tree of a panel, or what a step gave as `ui`. */
  readonly ui?: JsonValue
  readonly trace?: JsonObject
  readonly error_code?: string
  readonly error?: string
  readonly issues?: readonly IrIssue[]
}

export interface SmokeRequest {
  /** A function, or over what `$before` left: `__panel__<id>` to draw a panel, `skeleton_refresh_<name>` to read a section. */
  readonly function: string
  /** `$before` holds calls that run first in the same store (ir 15). */
  readonly args: JsonObject
}

const MOST_BEFORE = 100
/** Milliseconds that one request may take with everything in `$before`. */
const SMOKE_MS = 5000
const NO_TRACE = { steps: {}, prev: {}, path: [], directives: [] }

/** Nobody's identity in a tenant that exists for this run alone. */
const nobody = { user: { imperal_id: 'imp_u_smoke00', tenant_id: 'smoke' } } as ContextSnapshot // all that a run reads of it

class Smoke {
  readonly #document: IrDocument
  readonly platform: MemoryPlatform
  readonly #shared: RunOptions

  constructor(document: IrDocument, now: () => number) {
    this.#document = document
    const work = newWorkBudget()
    // Nobody pays for these runs, so all of a request share one time and one budget, and others get their turn at each step.
    this.#shared = { now, work, deadline: now() + SMOKE_MS, stepsPerTurn: 1 }
    this.platform = new MemoryPlatform(now, work)
  }

  /** @throws RunError */
  async draw(name: string, params: JsonObject): Promise<JsonValue> {
    const panel = this.#document.app.panels.find(({ panel_id }) => name === PANEL_TOOL_PREFIX + panel_id)
    if (panel === undefined) throw new RunError('UNKNOWN_SUB_FUNCTION', `This app has no panel “${name}”.`)
    const kernel = { callback: this.platform.callback }
    return runPanel(newRunState(this.#document, { name, ctx: nobody }, kernel, this.#shared), panel, params)
  }

  /** What awareness would read, and what did not fit the section's shape. @throws RunError */
  async read(name: string): Promise<{ result: JsonValue; path: readonly string[]; notes: string[] }> {
    const section = this.#document.app.skeleton.find((one) => name === SKELETON_REFRESH_PREFIX + one.section)
    if (section === undefined)
      throw new RunError(
        'UNKNOWN_SUB_FUNCTION',
        `This app has no section “${name.slice(SKELETON_REFRESH_PREFIX.length)}”.`,
      )
    const kernel = { callback: this.platform.callback }
    const state = newRunState(this.#document, { name, ctx: nobody }, kernel, this.#shared)
    const notes: string[] = []
    const { response } = await runSection(state, section, (line) => notes.push(line))
    return { result: response ?? {}, path: state.path, notes }
  }

  async run(name: string, args: JsonObject): Promise<{ outcome: FunctionOutcome; directives: readonly JsonObject[] }> {
    const fn = findFunction(this.#document, name)
    if (fn === undefined) throw new RunError('UNKNOWN_SUB_FUNCTION', `This app has no function “${name}”.`)
    const kernel = { callback: this.platform.callback }
    const state = newRunState(this.#document, { name, ctx: nobody }, kernel, this.#shared)
    const outcome = await runFunction(state, fn, args)
    return { outcome, directives: state.directives }
  }
}

/** @throws RunError */
function before(args: JsonObject): { readonly function: string; readonly args: JsonObject }[] {
  const rows = Array.isArray(args.$before) ? args.$before.filter(isObject) : []
  if (rows.length > MOST_BEFORE)
    throw new RunError('IR_LIMIT', `“$before” takes at most ${MOST_BEFORE} calls.`, { field: '$before' })
  return rows.map((row) => ({ function: shown(row.function), args: isObject(row.args) ? row.args : {} }))
}

/** Validates a document and runs one function in an isolated store. An invalid document is an answer, not an error. */
export async function smokeRun(
  raw: JsonValue,
  request: SmokeRequest,
  options: ValidateOptions & { readonly now?: () => number } = {},
): Promise<SmokeAnswer> {
  const { document, issues } = validateDocument(raw, options)
  if (document === null)
    return { ok: false, error_code: 'IR_DOCUMENT_INVALID', error: 'The document is not valid.', issues }
  const smoke = new Smoke(document, options.now ?? Date.now)
  const { $before: _before, ...args } = request.args
  try {
    for (const call of before(request.args)) await smoke.run(call.function, call.args)
    if (request.function.startsWith(PANEL_TOOL_PREFIX)) {
      const ui = await smoke.draw(request.function, args)
      return { ok: true, result: {}, ui, trace: { ...NO_TRACE, store: smoke.platform.counts() } }
    }
    if (request.function.startsWith(SKELETON_REFRESH_PREFIX)) {
      const { result, path, notes } = await smoke.read(request.function)
      return { ok: true, result, trace: { ...NO_TRACE, path: [...path], notes, store: smoke.platform.counts() } }
    }
    const { outcome, directives } = await smoke.run(request.function, args)
    const { steps, prev, path } = outcome.flow
    const trace = { steps, prev, path: [...path], directives: [...directives], store: smoke.platform.counts() }
    const { data, summary, ui } = outcome
    return { ok: true, result: data, summary, ...(ui === null ? {} : { ui }), trace }
  } catch (error) {
    if (!(error instanceof RunError)) throw error
    return { ok: false, error_code: error.code, error: error.message }
  }
}

import type { KernelErrorCode, PlatformErrorCode as PlatformCode } from '@imperal/contract/errors'
import { refuse } from '../refuse.ts'
import { freeze, isObject, type JsonObject, stringOr, toJson } from './json.ts'
import type { UIOutput } from './ui-output.ts'

export type PlatformErrorCode = PlatformCode
/** A code of the platform, of the kernel, or an own one of the app. */
export type ErrorCode = PlatformErrorCode | KernelErrorCode | (string & {})

export interface ActionSuccess<T> {
  readonly status: 'success'
  readonly data: T
  readonly summary: string
  readonly ui?: UIOutput
  readonly refreshPanels?: readonly string[]
}

export interface ActionFailure {
  readonly status: 'error'
  readonly data: Record<string, never>
  readonly summary: string
  readonly error: string
  readonly errorCode?: ErrorCode
  readonly retryable: boolean
}

/** What a function answers: narrow it by `status`. */
export type ActionResult<T = JsonObject> = ActionSuccess<T> | ActionFailure

export interface SuccessOptions {
  summary?: string
  ui?: UIOutput
  refreshPanels?: readonly string[]
}

export interface ErrorOptions {
  retryable?: boolean
  code?: ErrorCode
}

export interface ActionResultFactory {
  /** A success; the summary is the sentence that people read. */
  success(): ActionSuccess<Record<string, never>>
  success<T>(data: T, summary: string, options?: Omit<SuccessOptions, 'summary'>): ActionSuccess<T>
  success<T>(data: T, options?: SuccessOptions): ActionSuccess<T>
  /** A failure; the message is for people: no code, no exception text. Throws ValidationError when it is blank. */
  error(message: string, options?: ErrorOptions): ActionFailure
  is(value: unknown): value is ActionResult<unknown>
  /** The snake_case form of sdk.md 4.1. */
  toWire(result: ActionResult<unknown>): JsonObject
  /** Accepts partial objects; a missing status counts as an error. */
  fromWire(wire: unknown): ActionResult<JsonObject>
}

function success<T>(
  data: T = {} as T, // the overload without arguments promises an empty object
  summaryOrOptions: string | SuccessOptions = {},
  more: Omit<SuccessOptions, 'summary'> = {},
): ActionSuccess<T> {
  const {
    summary = '',
    ui,
    refreshPanels,
  } = typeof summaryOrOptions === 'string' ? { ...more, summary: summaryOrOptions } : summaryOrOptions
  return freeze({
    status: 'success',
    data,
    summary,
    ...(ui === undefined ? {} : { ui }),
    ...(refreshPanels === undefined ? {} : { refreshPanels: freeze([...refreshPanels]) }),
  })
}

function error(message: string, { retryable = false, code }: ErrorOptions = {}): ActionFailure {
  if (typeof message !== 'string' || message.trim() === '') {
    refuse('message', 'An error result needs a sentence for the user')
  }
  return freeze({
    status: 'error',
    data: freeze({}),
    summary: '',
    error: message,
    ...(code === undefined ? {} : { errorCode: code }),
    retryable,
  })
}

function is(value: unknown): value is ActionResult<unknown> {
  if (!isObject(value) || typeof value.summary !== 'string') return false
  return value.status === 'success' ? !('error' in value) : value.status === 'error' && typeof value.error === 'string'
}

function toWire(result: ActionResult<unknown>): JsonObject {
  const { status, summary } = result
  const common = { status, summary, data: toJson(result.data ?? {}, 'data') }
  if (result.status === 'error') {
    return {
      ...common,
      error: result.error,
      ...(result.errorCode === undefined ? {} : { error_code: result.errorCode }),
      ...(result.retryable ? { retryable: true } : {}),
    }
  }
  return {
    ...common,
    ...(result.ui === undefined || result.ui === null ? {} : { ui: toJson(result.ui, 'ui') }),
    ...(result.refreshPanels === undefined ? {} : { refresh_panels: [...result.refreshPanels] }),
  }
}

function fromWire(wire: unknown): ActionResult<JsonObject> {
  const value = isObject(wire) ? wire : {}
  if (value.status !== 'success') return failureFromWire(value)
  const { summary, data, ui, refresh_panels: refreshPanels } = value
  return success(isObject(data) ? (data as JsonObject) : {}, {
    summary: stringOr(summary, ''),
    ...(isObject(ui) ? { ui: ui as JsonObject } : {}),
    ...(Array.isArray(refreshPanels) ? { refreshPanels: refreshPanels.map(String) } : {}),
  })
}

function failureFromWire(value: Record<string, unknown>): ActionFailure {
  const { error: text, summary, error_code: code, retryable } = value
  const failure = error(stringOr(text, '').trim() || 'The function failed without saying why.', {
    retryable: retryable === true,
    ...(typeof code === 'string' ? { code } : {}),
  })
  return freeze({ ...failure, summary: stringOr(summary, '') })
}

export const ActionResult: ActionResultFactory = freeze({ success, error, is, toWire, fromWire })

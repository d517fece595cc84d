import * as z from 'zod'
import { JsonObject } from '../json.ts'
import type { UiLimits } from './limits.ts'
import { isObject, jsonBytes, jsonDepth } from './plain.ts'
import { safeUrl, type UrlRules } from './url.ts'

/** Names that a tree may call: functions, and the synthetic names of the app's own surfaces (ui 1.7, 6.4). */
export const UiFunctionName = z
  .string()
  .regex(
    /^(?:__(?:panel|menu|tray|widget)__[A-Za-z0-9_.-]{1,116}|(?!__)[A-Za-z_][A-Za-z0-9_.-]{0,127})$/,
    'Not a name that a tree may call.',
  )

export const UiConfirm = z.union([
  z.string(),
  z.object({
    title: z.string().optional(),
    message: z.string(),
    confirm_label: z.string().optional(),
    destructive: z.boolean().optional(),
  }),
])

const confirm = UiConfirm.optional()

export const CallActionWire = z.object({
  action: z.literal('call'),
  function: UiFunctionName,
  params: JsonObject.default({}),
  confirm,
})
export const NavigateActionWire = z.object({ action: z.literal('navigate'), path: z.string().startsWith('/'), confirm })
export const SendActionWire = z.object({ action: z.literal('send'), message: z.string().min(1), confirm })
export const OpenActionWire = z.object({ action: z.literal('open'), url: z.string().min(1), confirm })

/** The four actions as they travel (ui 3). */
export const UiActionWire = z.discriminatedUnion('action', [
  CallActionWire,
  NavigateActionWire,
  SendActionWire,
  OpenActionWire,
])
export type UiActionWire = z.infer<typeof UiActionWire>

/** What is asked before an action runs, always with a message. */
export interface UiConfirmation {
  readonly title: string
  readonly message: string
  readonly confirmLabel: string
  readonly destructive: boolean
}

interface Confirmed {
  readonly confirm: UiConfirmation | null
}
export type CallAction = Confirmed & {
  readonly action: 'call'
  readonly function: string
  readonly params: Readonly<JsonObject>
}
export type NavigateAction = Confirmed & { readonly action: 'navigate'; readonly path: string }
export type SendAction = Confirmed & { readonly action: 'send'; readonly message: string }
export type OpenAction = Confirmed & { readonly action: 'open'; readonly url: string }
/** An action after parsing: names, paths, URLs and sizes are inside the rules. */
export type UiAction = CallAction | NavigateAction | SendAction | OpenAction

/** The parsed action, or a sentence that says why it is refused. */
export function parseUiAction(raw: unknown, limits: UiLimits, rules: UrlRules): UiAction | string {
  if (!isObject(raw)) return 'An action is an object.'
  const confirmation = parseConfirmation(raw.confirm, limits)
  switch (raw.action) {
    case 'call':
      return parseCall(raw, confirmation, limits)
    case 'navigate': {
      const path = typeof raw.path === 'string' ? safeUrl(raw.path, 'navigate', rules) : null
      return path === null ? 'Navigate takes a path of the shell.' : { action: 'navigate', path, confirm: confirmation }
    }
    case 'send': {
      const message = typeof raw.message === 'string' ? raw.message.slice(0, limits.message) : ''
      return message.trim() === '' ? 'Send has no message.' : { action: 'send', message, confirm: confirmation }
    }
    case 'open': {
      const url = typeof raw.url === 'string' ? safeUrl(raw.url, 'open', rules) : null
      return url === null ? 'Open takes an https URL or a path.' : { action: 'open', url, confirm: confirmation }
    }
    default:
      return 'Unknown action.'
  }
}

function parseCall(raw: JsonObject, confirmation: UiConfirmation | null, limits: UiLimits): CallAction | string {
  const name = UiFunctionName.safeParse(raw.function)
  if (!name.success) return 'Call does not name a function that a tree may call.'
  const given = isObject(raw.params) ? raw.params : {}
  const params = Object.fromEntries(Object.entries(given).filter(([key]) => !key.startsWith('__')))
  if (jsonBytes(params) > limits.paramsBytes) return `Parameters are larger than ${limits.paramsBytes} bytes.`
  if (jsonDepth(params) > limits.paramsDepth) return `Parameters are nested deeper than ${limits.paramsDepth} levels.`
  return { action: 'call', function: name.data, params, confirm: confirmation }
}

/** Reads a `confirm` prop in both of its forms; null when there is nothing to ask. */
export function parseConfirmation(raw: unknown, limits: UiLimits): UiConfirmation | null {
  const fields = typeof raw === 'string' ? { message: raw } : isObject(raw) ? raw : {}
  const read = (key: string) => {
    const value = (fields as JsonObject)[key] // both forms are plain objects by now
    return typeof value === 'string' ? value.slice(0, limits.confirm) : ''
  }
  const message = read('message')
  if (message.trim() === '') return null
  const destructive = (fields as JsonObject).destructive === true // as above
  return { title: read('title'), message, confirmLabel: read('confirm_label'), destructive }
}

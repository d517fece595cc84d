import type { JsonObject, JsonValue } from '@imperal/contract'
import { isObject } from '../json.ts'
import { withPortErrors } from './port-errors.ts'
import { RunError } from './run-error.ts'
import type { RunState } from './run-state.ts'
import { isSafeUrl, requireSafeUrl } from './safe-url.ts'

type DirectiveVerb = (state: RunState, args: JsonObject) => Promise<JsonObject>
const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')

/** Whether a directive reaches nobody: nobody is there to be sent anywhere, or to be told without a notification (I5.8). */
export const isDropped = (state: RunState, verb: string): boolean =>
  !state.hasClient && (verb !== 'send' || !mayNotify(state))

const mayNotify = ({ document }: RunState): boolean => document.app.capabilities?.includes('notify:push') ?? false

const send: DirectiveVerb = async (state, args) => {
  const directive = { action: 'send', ...args }
  const isNotification = args.channel === 'notification'
  if (args.channel !== undefined && args.channel !== 'chat' && !isNotification)
    throw new RunError('IR_BAD_TARGET', 'A message goes to “chat” or to “notification”.')
  const pushes = isNotification || (!state.hasClient && mayNotify(state))
  if (pushes) {
    const options: JsonObject = { message: text(args.message), ...(isObject(args.metadata) ? args.metadata : {}) }
    await withPortErrors(() => state.callback('notify', 'send', [{ ...options, message: text(args.message) }]))
  }
  return directive
}

const TARGETS: ReadonlySet<string> = new Set(['_self', '_blank', 'panel'])

const navigate: DirectiveVerb = async (_state, args) => {
  const url = requireSafeUrl(text(args.url))
  if (args.target !== undefined && !TARGETS.has(text(args.target)))
    throw new RunError('IR_BAD_TARGET', 'A target is _self, _blank or panel.')
  // `path` as well: the panel's action contract reads that (ir 5.4).
  return { action: 'navigate', ...args, url, path: url }
}

const open: DirectiveVerb = async ({ document }, args) => {
  const target = text(args.target)
  if (document.app.panels.some((panel) => panel.panel_id === target))
    return { action: 'call', function: `__panel__${target}`, params: args.params ?? {} }
  if (!/^https?:/i.test(target))
    throw new RunError('IR_BAD_TARGET', 'There is no such panel, and it is no web address.')
  if (!isSafeUrl(target)) throw new RunError('IR_UNSAFE_URL', 'The address is none that may be opened.')
  return { action: 'open', url: target }
}

/** They change no data; they tell the client something, in order (ir 5.4). */
export const DIRECTIVE_VERBS: Readonly<Record<string, DirectiveVerb>> = { send, navigate, open }

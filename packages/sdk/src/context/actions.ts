import { reasonOf } from '../clients/transport.ts'
import { cutToBytes } from '../encoding.ts'
import { ContextUnavailable, TaskCancelled } from '../errors.ts'
import { reviveError } from '../errors-wire.ts'
import type { OAuthProvider } from '../extension/declarations.ts'
import { refuse } from '../refuse.ts'
import type { Runtime } from './runtime.ts'
import type { ChatMessageType } from './types.ts'

const MAX_CHAT_BYTES = 65_536
const CUT_MARK = '…(truncated)'
const MESSAGE_TYPES: readonly ChatMessageType[] = ['response', 'system', 'tool_result']

/** The call's signal with SDK errors as reasons: `TaskCancelled` when the user cancelled. */
export function authorSignal(signal: AbortSignal): AbortSignal {
  const controller = new AbortController()
  const abort = () => controller.abort(reviveError(signal.reason, 'task'))
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  return controller.signal
}

/** @throws ValidationError outside 0 to 100, TaskCancelled when the user cancelled */
export async function progress(runtime: Runtime, percent: number, message = ''): Promise<void> {
  if (!(percent >= 0 && percent <= 100)) refuse('percent', `progress is 0 to 100, not ${percent}`)
  const { signal, snapshot, transport, shape } = runtime
  const reason = signal.aborted ? reviveError(signal.reason, 'task') : undefined
  if (reason instanceof TaskCancelled) throw reason
  // A slow call becomes a task after it has started, so only schedules can be sure that there is none.
  if (shape === 'system' && snapshot.task_id === null) return
  await transport.call('task', 'progress', percent, message)
}

/** Text above 65,536 bytes is cut between two characters and marked. A failed delivery is logged. */
export async function deliverChatMessage(
  { transport }: Runtime,
  text: string,
  options: { msgType?: ChatMessageType; refreshPanels?: readonly string[] } = {},
): Promise<void> {
  const { msgType = 'response', refreshPanels } = options
  if (!MESSAGE_TYPES.includes(msgType)) {
    refuse('msgType', `msgType is one of ${MESSAGE_TYPES.join(', ')}, not '${msgType}'`)
  }
  const cut = cutToBytes(text, MAX_CHAT_BYTES)
  try {
    await transport.call('chat', 'deliver', {
      text: cut === text ? text : cut + CUT_MARK,
      msg_type: msgType,
      refresh_panels: refreshPanels === undefined ? null : [...refreshPanels],
    })
  } catch (error) {
    transport.log('warn', `chat message not delivered: ${reasonOf(error)}`)
  }
}

/** @throws ValidationError for a provider that the app does not declare, APIError while the app has no client id */
export async function oauthAuthorizeUrl(
  { transport }: Runtime,
  provider: OAuthProvider,
  options: { loginHint?: string } = {},
): Promise<string> {
  return String(await transport.call('oauth', 'authorize_url', provider, options.loginHint ?? null))
}

/** `<gateway>/v1/ext/<app id of the platform>/webhook/<path>` */
export function webhookUrl({ snapshot, kind }: Runtime, path: string): string {
  if (snapshot.app_id === '') throw new ContextUnavailable('webhookUrl', kind, 'the app has no id')
  if (typeof path !== 'string' || path.replaceAll('/', '') === '') {
    refuse('path', `A webhook has a path, not '${path}'`)
  }
  // Clients resolve dots before they ask, which would name another address of the platform.
  if (/(^|[/\\])\.\.?($|[/\\])/.test(path)) refuse('path', 'a path has no . or ..')
  const base = snapshot.public_url.replace(/\/+$/, '')
  return `${base}/v1/ext/${snapshot.app_id}/webhook/${path.replace(/^\/+/, '')}`
}

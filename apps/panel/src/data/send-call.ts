import { CallResponse, extensions, type JsonObject } from '@imperal/contract'
import { api } from './api.ts'
import { currentMe } from './me.ts'
import { rootsReady } from './roots.ts'

const TIMEOUT_MS = 30_000
const MOST_CALLS = 20

export interface FunctionCall {
  readonly function: string
  readonly params: JsonObject
}

// Who calls is the host's word, never the tree's (ui 3.1).
const who = () => {
  const me = currentMe()
  return { user_id: me.imperal_id, tenant_id: me.tenant_id }
}

/** Runs one function of an app. `key` makes a repeated sending one call. @throws ApiError, TimeoutError after 30 s */
export async function sendCall(appId: string, call: FunctionCall, key: string): Promise<CallResponse> {
  const sent = api.send(extensions.call, {
    params: { app_id: appId },
    body: { ...who(), ...call },
    idempotencyKey: key,
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  const [answer] = await Promise.all([sent, rootsReady()])
  return CallResponse.parse(answer)
}

/** Runs several functions of an app in one request; answers come in the order of the calls. @throws as `sendCall` */
export async function sendBatch(appId: string, calls: readonly FunctionCall[]): Promise<CallResponse[]> {
  if (calls.length > MOST_CALLS) {
    const [first, rest] = await Promise.all([
      sendBatch(appId, calls.slice(0, MOST_CALLS)),
      sendBatch(appId, calls.slice(MOST_CALLS)),
    ])
    return [...first, ...rest]
  }
  const sent = api.send(extensions.batch, {
    params: { app_id: appId },
    body: { ...who(), calls: [...calls] },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  const [answers] = await Promise.all([sent, rootsReady()])
  return answers.map((answer) => CallResponse.parse(answer))
}

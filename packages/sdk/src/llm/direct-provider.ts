import { APIError } from '../errors.ts'
import type { JsonValue } from '../values/json.ts'
import { logged, readCallLog, resetCallLog } from './call-log.ts'
import { checkRequest } from './check-request.ts'
import { configFromEnvironment, isUsable, providersFromEnvironment } from './config.ts'
import { providerRequest } from './http-request.ts'
import type { CreateMessageRequest, LLMConfig, LLMProvider, LLMResponse } from './types.ts'

async function send(config: LLMConfig, request: CreateMessageRequest): Promise<LLMResponse> {
  const { url, headers, body, timeoutSeconds, read } = providerRequest(config, request)
  const timeout = AbortSignal.timeout(timeoutSeconds * 1000)
  const signal = request.signal === undefined ? timeout : AbortSignal.any([request.signal, timeout])
  try {
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal })
    if (!answer.ok) throw new APIError(`${config.provider} answered HTTP ${answer.status}`, answer.status)
    const response = read((await answer.json()) as JsonValue)
    return response.model === '' ? Object.freeze({ ...response, model: config.model }) : response
  } catch (error) {
    request.signal?.throwIfAborted()
    if (error instanceof APIError) throw error
    const what = timeout.aborted ? `did not answer within ${timeoutSeconds} s` : 'cannot be reached'
    throw new APIError(`${config.provider} ${what}`, timeout.aborted ? 504 : 502, { cause: error })
  }
}

const sendLogged = (config: LLMConfig, request: CreateMessageRequest, isFailover: boolean): Promise<LLMResponse> =>
  logged({ provider: config.provider, model: config.model, isFailover, purpose: request.purpose }, () =>
    send(config, request),
  )

/** A failing key of the user's own falls back to the environment, unless the user said that it must not. */
function failoverOf(config: LLMConfig, purpose: string | undefined): LLMConfig | undefined {
  if (config.failoverConfig !== undefined || config.isByollm !== true) return config.failoverConfig
  return config.byollmFallback === 'error' ? undefined : configFromEnvironment(purpose)
}

/** The primary once, then its failover once; what the last one said is thrown (sdk.md 10.5). */
async function createMessage(request: CreateMessageRequest): Promise<LLMResponse> {
  checkRequest(request)
  request.signal?.throwIfAborted()
  const config = request.config ?? configFromEnvironment(request.purpose)
  const failover = failoverOf(config, request.purpose)
  const usable = [config, ...(failover === undefined ? [] : [failover])].filter(isUsable)
  const [first, second] = usable
  if (first === undefined) {
    throw new APIError('No model is configured: set LLM_PROVIDER and its key, or run inside a handler', 503)
  }
  try {
    return await sendLogged(first, request, first !== config)
  } catch (error) {
    request.signal?.throwIfAborted()
    if (second === undefined) throw error
    return sendLogged(second, request, true)
  }
}

/** A provider for scripts and tests without a platform: keys and models come from the environment. */
export const directProvider: LLMProvider = Object.freeze({
  createMessage,
  resetCallLog,
  getCallLog: readCallLog,
  getAvailableProviders: () => providersFromEnvironment(),
})

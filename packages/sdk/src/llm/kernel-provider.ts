import type { RunningCall } from '@imperal/contract/guest-port'
import { withSignal } from '../clients/with-signal.ts'
import { AuthError } from '../errors.ts'
import { reviveError } from '../errors-wire.ts'
import { freeze } from '../values/json.ts'
import { logged, readCallLog, resetCallLog } from './call-log.ts'
import { checkRequest, purposeOf } from './check-request.ts'
import { requestToWire, responseFromWire } from './message-wire.ts'
import type { AvailableProvider, CreateMessageRequest, LLMProvider, LLMResponse, ProviderName } from './types.ts'

/** Schedules, signals and webhooks act for nobody by themselves and may name a user; the kernel checks which. */
const isNobody = (userId: string): boolean => userId.startsWith('__')

/** @throws AuthError */
function subjectOf({ ctx }: RunningCall, userId: string | undefined): string | undefined {
  const acting = ctx.user?.imperal_id
  if (userId === undefined || userId === '' || userId === acting) return undefined
  // An event handler is not told whose event it has: the kernel knows.
  if (acting === undefined || isNobody(acting)) return userId
  throw new AuthError(`A model is asked for the acting user only, not for '${userId}'`)
}

async function createMessage(call: RunningCall, request: CreateMessageRequest): Promise<LLMResponse> {
  checkRequest(request)
  request.signal?.throwIfAborted()
  const asUser = subjectOf(call, request.userId)
  const purpose = purposeOf(request.purpose)
  const model = request.config?.model || (call.ctx.models?.[purpose]?.model ?? '')
  return logged({ provider: 'platform', model, isFailover: false, purpose: request.purpose }, async () => {
    const answer = call.port
      .callback('llm', 'create_message', [requestToWire(request)], asUser)
      .catch((error: unknown) => {
        throw reviveError(error, 'llm')
      })
    return responseFromWire(await withSignal(answer, request.signal))
  })
}

/** The providers of the call's platform; whether a user's own key stands behind one is not told. */
function available({ ctx }: RunningCall): readonly AvailableProvider[] {
  const { models } = ctx
  if (models === undefined) return []
  const { execution, routing } = models
  const provider = execution.provider as ProviderName // what the platform has configured is one of the four
  return [{ provider, hasKey: true, defaultModel: execution.model, routingModel: routing.model }]
}

/** A provider that asks the kernel: the user's own model or the platform's, metered like `ctx.ai` (kernel K9.5). */
export const kernelProvider = (call: RunningCall): LLMProvider =>
  freeze({
    createMessage: (request: CreateMessageRequest) => createMessage(call, request),
    resetCallLog,
    getCallLog: readCallLog,
    getAvailableProviders: () => available(call),
  })

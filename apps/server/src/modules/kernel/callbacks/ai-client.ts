import type { JsonObject, JsonValue } from '@imperal/contract'
import type { LlmAnswer, LlmRequest } from '../../llm/index.ts'
import { type CallbackArguments, objectAt, optionalObjectAt, textAt, textOf } from './arguments.ts'
import type { ClientTable } from './client-table.ts'
import { neededText, temperatureOf, toApiError, tokensOf } from './model-request.ts'
import { closeStream, openStream, readStream } from './model-streams.ts'
import { type CallSession, subjectOf } from './session.ts'
import { keepSecretsFromModels } from './spoken-secrets.ts'

async function requestOf(session: CallSession, args: CallbackArguments, asUser: string | null): Promise<LlmRequest> {
  const options = objectAt(args, 0, 'options')
  const prompt = neededText(options.prompt, 'prompt', 'A prompt is needed.')
  const request: LlmRequest = {
    purpose: 'execution',
    tenantId: session.call.pass.actor.tenantId,
    userId: await subjectOf(session, asUser),
    appId: session.call.use.app.appId,
    traceId: session.call.pass.traceId,
    messages: [{ role: 'user', content: prompt }],
    system: textOf(options.system),
    model: textOf(options.model) || undefined,
    temperature: temperatureOf(options),
    maxTokens: tokensOf(options),
    schema: optionalObjectAt([options.schema ?? null], 0, 'schema') ?? undefined,
    signal: session.signal,
  }
  keepSecretsFromModels(session, [prompt, request.system ?? ''])
  return request
}

const answerToWire = (answer: LlmAnswer): JsonObject => ({
  text: answer.text,
  model: answer.model,
  usage: answer.usage as unknown as JsonValue, // figures only
  stop_reason: answer.stopReason,
  ...(answer.object === null ? {} : { object: answer.object }),
})

/** `ctx.ai`: the acting user's own model, or the installation's. */
export const aiClient: ClientTable<'ai'> = {
  async complete(session, args, asUser) {
    const request = await requestOf(session, args, asUser)
    try {
      return answerToWire(await session.parts.llm.complete(request))
    } catch (error) {
      throw toApiError(error)
    }
  },
  async stream(session, args, asUser) {
    const { schema: _none, ...request } = await requestOf(session, args, asUser)
    return openStream(session, (watch) =>
      session.parts.llm.complete({ ...request, ...watch }).then(answerToWire, (error: unknown) => {
        throw toApiError(error)
      }),
    )
  },
  next: (session, args) => readStream(session, textAt(args, 0, 'stream')),
  stop(session, args) {
    closeStream(session, textAt(args, 0, 'stream'))
    return null
  },
}

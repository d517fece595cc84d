import type { JsonValue } from '@imperal/contract'
import { PlatformError } from '../../../foundation/errors.ts'
import { numberOf, objectAt, optionalObjectAt, textOf } from './arguments.ts'
import type { ClientTable } from './client-table.ts'
import { refusedCallback, toCallbackError } from './refuse-callback.ts'
import { subjectOf } from './session.ts'

const STATUS: Readonly<Record<string, number>> = { LLM_UNAVAILABLE: 503, LLM_TIMEOUT: 504 }

function toApiError(error: unknown) {
  if (!(error instanceof PlatformError) || !error.code.startsWith('LLM_')) return toCallbackError(error)
  return refusedCallback('api_error', error.message, { status_code: STATUS[error.code] ?? 502 })
}

/** `ctx.ai`: the acting user's own model, or the installation's. */
export const aiClient: ClientTable<'ai'> = {
  async complete(session, args, asUser) {
    const options = objectAt(args, 0, 'options')
    const prompt = textOf(options.prompt)
    if (prompt === undefined || prompt === '')
      throw refusedCallback('validation_error', 'A prompt is needed.', { field: 'prompt' })
    const schema = optionalObjectAt([options.schema ?? null], 0, 'schema')
    try {
      const answer = await session.parts.llm.complete({
        purpose: 'execution',
        tenantId: session.call.pass.actor.tenantId,
        userId: await subjectOf(session, asUser),
        appId: session.call.use.app.appId,
        messages: [{ role: 'user', content: prompt }],
        system: textOf(options.system),
        model: textOf(options.model) || undefined,
        temperature: numberOf(options.temperature),
        maxTokens: numberOf(options.max_tokens),
        schema: schema ?? undefined,
        signal: session.signal,
      })
      return {
        text: answer.text,
        model: answer.model,
        usage: answer.usage as unknown as JsonValue, // figures only
        stop_reason: answer.stopReason,
        ...(answer.object === null ? {} : { object: answer.object }),
      }
    } catch (error) {
      throw toApiError(error)
    }
  },
}

import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import type { Log } from '../../foundation/log.ts'
import { completeWith } from './complete.ts'
import { llmErrors } from './errors.ts'
import { isUsable, type ModelSource, modelName } from './resolve-model.ts'
import type { Llm, LlmRequest } from './types.ts'

export interface LlmOptions {
  readonly db: Database
  readonly log: Log
  readonly clock: Clock
  /** The model of the installation, from the settings. */
  readonly installation: ModelSource | null
  /** The user's own model, when one is stored; `fallback` tells whether the installation's model may step in. */
  ownModel(tenantId: string, userId: string): Promise<(ModelSource & { fallback: 'platform' | 'error' }) | null>
  /** How a source is reached: addresses that a user typed pass the egress checks. */
  fetchFor(owner: ModelSource['owner']): typeof fetch
}

const RECORD = `insert into llm.usage (tenant_id, user_id, app_id, purpose, provider, model, input_tokens, output_tokens, latency_ms, is_own_key, error)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`

/** The sources to try for one user, in order (K9.1, K9.6): the own model first, the installation's when allowed. */
async function sourcesFor(options: LlmOptions, tenantId: string, userId: string): Promise<ModelSource[]> {
  const own = await options.ownModel(tenantId, userId)
  const installation = options.installation && isUsable(options.installation) ? [options.installation] : []
  if (!own || !isUsable(own)) return installation
  return own.fallback === 'platform' ? [own, ...installation] : [own]
}

export function openLlm(options: LlmOptions): Llm {
  const record = async (
    source: ModelSource,
    request: LlmRequest,
    started: number,
    usage: { input_tokens: number; output_tokens: number },
    error: string | null,
  ) => {
    const values = [
      request.tenantId,
      request.userId,
      request.appId,
      request.purpose,
      source.provider,
      request.model || modelName(source, request.purpose),
      usage.input_tokens,
      usage.output_tokens,
      Math.round(options.clock.now() - started),
      source.owner === 'user',
      error,
    ]
    await options.db.atomic(request.tenantId, [{ text: RECORD, values }]).catch((cause: unknown) => {
      options.log.error({ err: cause }, 'a model request could not be metered')
    })
  }

  const attempt = async (source: ModelSource, request: LlmRequest, retries: number) => {
    const started = options.clock.now()
    try {
      const answer = await completeWith(source, request, { fetch: options.fetchFor(source.owner), retries })
      await record(source, request, started, answer.usage, null)
      return answer
    } catch (error) {
      const code = (error as { code?: unknown }).code
      await record(
        source,
        request,
        started,
        { input_tokens: 0, output_tokens: 0 },
        typeof code === 'string' ? code : 'ABORTED',
      )
      throw error
    }
  }

  return {
    async available(tenantId, userId) {
      return (await sourcesFor(options, tenantId, userId)).length > 0
    },
    async complete(request) {
      const [first, second] = await sourcesFor(options, request.tenantId, request.userId)
      if (!first) throw llmErrors.UNAVAILABLE()
      // A stream that has already shown text cannot start again with another model.
      let shown = false
      const watched: LlmRequest = request.onText
        ? {
            ...request,
            onText: (delta) => {
              shown = true
              request.onText?.(delta)
            },
          }
        : request
      try {
        return await attempt(first, watched, second ? 0 : 1)
      } catch (error) {
        if (!second || shown || request.signal?.aborted) throw error
        options.log.warn({ err: error, provider: first.provider }, 'the model failed, trying the other one')
        return attempt(second, { ...watched, model: undefined }, 0)
      }
    },
  }
}

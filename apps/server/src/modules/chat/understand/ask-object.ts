import { isBadObject, type Llm, type LlmAnswer, type LlmRequest } from '../../llm/index.ts'

/**
 * Asks a model for an object. Null when it answered with none: an answer without the shape is for the caller to repair, while
 * an outage is not (kernel T6, N1).
 * @throws LLM_* for everything else
 */
export async function askObject(llm: Pick<Llm, 'complete'>, request: LlmRequest): Promise<LlmAnswer | null> {
  try {
    return await llm.complete(request)
  } catch (error) {
    if (isBadObject(error)) return null
    throw error
  }
}

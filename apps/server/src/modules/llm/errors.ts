import { defineErrors, PlatformError } from '../../foundation/errors.ts'

export const llmErrors = defineErrors('LLM', {
  UNAVAILABLE: {
    kind: 'unavailable',
    message: 'No language model is configured for this account.',
    hint: 'Add one under Settings, Language model, or ask the operator to set IMPERAL_LLM_PROVIDER.',
  },
  REFUSED: {
    kind: 'unavailable',
    message: (details: { provider?: string; status?: number }) =>
      details.status === 401 || details.status === 403
        ? `The model provider ${details.provider ?? ''} does not accept the configured key.`
        : `The model provider ${details.provider ?? ''} refused the request (HTTP ${details.status ?? 0}).`,
  },
  FAILED: { kind: 'unavailable', message: 'The model provider did not answer the request. Try again in a moment.' },
  ADDRESS_CLOSED: {
    kind: 'unavailable',
    message: (details: { why?: string }) =>
      `The address of the model is closed: ${details.why ?? 'it may not be reached.'}`,
    hint: 'The operator may open private addresses with IMPERAL_ALLOW_PRIVATE_NETWORK=true, or name the model in the environment with IMPERAL_LLM_BASE_URL.',
  },
  RATE_LIMITED: { kind: 'rate_limited', message: 'The model provider asks to slow down. Try again in a moment.' },
  TIMEOUT: { kind: 'timeout', message: 'The model took too long to answer.' },
  BUDGET_SPENT: {
    kind: 'unavailable',
    message: (details: { whose: 'user' | 'installation' }) =>
      details.whose === 'user'
        ? 'Your tokens of this month are used up.'
        : 'The installation has used up its tokens of this month.',
    hint: 'They begin anew with the next month; a model of your own under Settings is not counted.',
  },
  BAD_ADDRESS: {
    kind: 'invalid',
    message: 'The address of a model is an http or https URL without a name and password in it.',
  },
  BAD_OBJECT: { kind: 'unavailable', message: 'The model did not answer in the requested form.' },
})

/** Whether a model, or the way to it, failed: nothing that the person or an app did. */
export const isModelFailure = (error: unknown): boolean =>
  error instanceof PlatformError && error.code.startsWith('LLM_')

/** Whether a model answered, and not in the form that was asked for. */
export const isBadObject = (error: unknown): boolean =>
  error instanceof PlatformError && error.code === 'LLM_BAD_OBJECT'

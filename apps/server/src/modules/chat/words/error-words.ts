import type { JsonObject } from '@imperal/contract'
import type { CallOutcome } from '../../kernel/index.ts'
import { type PhraseKey, phrase, spoken } from './phrases.ts'

/** The sentence for each code of the platform (kernel 3.7). Codes of apps have words of their own. */
const BY_CODE: Readonly<Record<string, PhraseKey>> = {
  VALIDATION_MISSING_FIELD: 'errors.validation.missing_field',
  VALIDATION_TYPE_ERROR: 'errors.validation.type_error',
  FABRICATED_ID_SHAPE: 'errors.validation.fabricated_id_shape',
  UNKNOWN_TOOL: 'errors.dispatch.unknown_tool',
  UNKNOWN_SUB_FUNCTION: 'errors.dispatch.unknown_sub_function',
  PERMISSION_DENIED: 'errors.auth.permission_denied',
  TENANT_SCOPE_VIOLATION: 'errors.tenant',
  BACKEND_TIMEOUT: 'errors.backend.timeout',
  BACKEND_5XX: 'errors.backend.5xx',
  RATE_LIMITED: 'errors.rate_limited',
  INTERNAL: 'errors.internal',
  INSUFFICIENT_CREDITS: 'errors.credits',
  LLM_UNAVAILABLE: 'errors.llm_unavailable',
  SECRET_MISSING: 'errors.secret_missing',
  TASK_LIMIT_REACHED: 'errors.task_limit',
  OUTCOME_UNKNOWN: 'errors.unknown_outcome',
  NOT_RUN: 'errors.not_run',
}

const RAW = [
  /\b[A-Z][A-Za-z]*(?:Error|Exception)\b/,
  /\bat [\w.<>]+ \(?[^\s)]+:\d+/,
  /Traceback \(most recent call last\)/,
  /\bE(?:CONN|ADDR|PIPE|NOENT|ACCES|PERM)[A-Z]*\b/,
  /(?:^|[\s('"])\/(?:usr|home|var|etc|opt|root|tmp|app|srv|node_modules)\//,
  /\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?\b|\blocalhost\b/,
  /\b(?:sk|pk|ghp|xox[abp])[-_][A-Za-z0-9]{8,}|\beyJ[A-Za-z0-9_-]{10,}\./,
  /\b(?:null|undefined) (?:is not|reference)|\bcannot read propert|\bis not a function\b/i,
  /\b(?:SELECT|INSERT|UPDATE|DELETE)\b .*\b(?:FROM|INTO|SET|WHERE)\b/,
]

/** Whether a text shows the inside of a program: exceptions, stacks, paths, hosts, keys, statements (K1.5). */
export const looksRaw = (text: string): boolean => RAW.some((shape) => shape.test(text))

function detailsOf(data: JsonObject): Record<string, string> {
  const missing = Array.isArray(data.missing_fields) ? data.missing_fields.map(String) : []
  const problems = Array.isArray(data.problems) ? (data.problems as { field?: string }[]) : []
  return {
    fields: missing.join(', ') || problems.map(({ field }) => field ?? '').join(', '),
    field: problems
      .map(({ field }) => field ?? '')
      .filter((name) => name !== '')
      .join(', '),
  }
}

/** Why a call failed, in words for its user: a template for codes of the platform, an app's own sentence when it is one. */
export function failureWords({ response }: Pick<CallOutcome, 'response'>, language: string | null): string {
  const key = BY_CODE[response.error_code ?? '']
  const own = response.error ?? ''
  const details = detailsOf((response.data ?? {}) as JsonObject)
  // The platform's own English sentence says more than the template.
  if (key !== undefined)
    return spoken(language) === 'en' && own !== '' && !looksRaw(own) ? own : phrase(key, language, details)
  return own === '' || looksRaw(own) ? phrase('errors.ext.unstructured', language) : own
}

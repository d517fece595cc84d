import { ApiError } from '@imperal/client'
import { t } from '../../i18n/index.ts'

/** What went wrong, for people; `fields` holds the sentences that belong beside a control. */
export interface Failure {
  readonly message: string
  readonly code: string
  readonly status: number
  readonly fields: Readonly<Record<string, string>>
}

interface Problem {
  readonly loc: readonly (string | number)[]
  readonly msg: string
}

function isProblem(value: unknown): value is Problem {
  const problem = value as Partial<Problem> | null
  return typeof problem === 'object' && Array.isArray(problem?.loc) && typeof problem.msg === 'string'
}

function sentence(text: string): string {
  const whole = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(whole) ? whole : `${whole}.`
}

/** Reads any thrown value. A refused body (422) tells which of its members were refused, and why. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof ApiError)) {
    console.error(error)
    return { message: t('Something went wrong in this page. Reload it.'), code: 'page', status: 0, fields: {} }
  }
  const problems = Array.isArray(error.detail) ? error.detail.filter(isProblem) : []
  const fields: Record<string, string> = {}
  for (const { loc, msg } of problems) {
    const name = loc.filter((part) => typeof part === 'string' && part !== 'body').at(-1)
    if (typeof name === 'string') fields[name] ??= sentence(msg)
  }
  return { message: sentence(error.message), code: error.code, status: error.status, fields }
}

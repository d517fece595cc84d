import { ApiError } from '@imperal/client'
import type { CallResponse } from '@imperal/contract'
import type { ActionFailure } from '@imperal/ui-kit'
import { t } from '../i18n/index.ts'

const CODE = /^[A-Z][A-Z0-9_]{2,63}$/
const codeOf = (code: unknown): string | undefined => {
  const upper = typeof code === 'string' ? code.toUpperCase() : ''
  return CODE.test(upper) ? upper : undefined
}

const BY_STATUS: Readonly<Record<number, string>> = {
  0: t('The server does not answer. Nothing was changed as far as this page knows.'),
  401: t('You are signed out.'),
  403: t('You do not have access to this.'),
  404: t('This is not there any more.'),
  413: t('This is too large to send.'),
  429: t('Too many requests at once. Wait a moment.'),
  502: t('The server is starting or stopping.'),
  503: t('The server cannot do this right now.'),
  504: t('The server did not answer in time.'),
}

function sentenceOf(error: ApiError): string {
  if (Array.isArray(error.detail)) {
    const parts = error.detail
      .map((one) => (one as { msg?: unknown } | null)?.msg)
      .filter((one) => typeof one === 'string')
    if (parts.length > 0) return parts.join('. ')
  }
  if (error.status === 403) return BY_STATUS[403] as string
  return error.message || BY_STATUS[error.status] || t('The server answered {status}.', { status: error.status })
}

/** Whatever went wrong, as one sentence with a code (ui 3.6). */
export function failureOf(error: unknown): ActionFailure {
  if (error instanceof ApiError) {
    const retryable = error.status === 0 || error.status === 429 || error.status >= 500
    return { message: sentenceOf(error), code: codeOf(error.code), retryable }
  }
  const name = error instanceof Error ? error.name : ''
  if (name === 'TimeoutError')
    return { message: t('The app did not answer within 30 seconds.'), code: 'UPSTREAM_TIMEOUT', retryable: true }
  if (name === 'AbortError') return { message: t('Stopped.'), code: 'ABORTED', retryable: true }
  return { message: t('Something went wrong on this page.'), code: 'CLIENT_ERROR', retryable: true }
}

function fieldErrors(data: unknown): Readonly<Record<string, string>> | undefined {
  const raw = (data as { field_errors?: unknown } | null)?.field_errors
  if (raw === null || typeof raw !== 'object') return undefined
  const entries = Object.entries(raw).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  return entries.length > 0 ? Object.fromEntries(entries) : undefined
}

/** What went wrong in an app of one's own, and where; the platform says it to its developer only. */
function developerNote(data: unknown): string {
  const { error, at } = (data as { developer?: { error?: unknown; at?: unknown } } | null)?.developer ?? {}
  if (typeof error !== 'string') return ''
  return typeof at === 'string' ? ` ${error} (${at})` : ` ${error}`
}

/** What an answer with `status: "error"` says. */
export function failureOfResponse(response: CallResponse): ActionFailure {
  return {
    message: `${response.error || t('The app could not do this.')}${developerNote(response.data)}`,
    code: codeOf(response.error_code),
    retryable: response.retryable ?? false,
    fieldErrors: fieldErrors(response.data),
  }
}

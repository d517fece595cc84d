import { ActionResult, type JsonObject } from '@imperal/sdk'
import { failureWith, type PlatformAnswer } from '@imperal/sdk/platform'
import * as z from 'zod'

/** As the platform reads app ids before anything else; what is no id of an app never reaches a route. */
const APP_ID = /^[A-Za-z0-9_-]{1,64}$/
export const AppId = z.string().describe('Id of the app, such as reading-log.')

const codeOf = ({ body }: PlatformAnswer<unknown>): string => {
  const error = (body as { error?: unknown } | null)?.error
  const code = typeof error === 'string' ? error.toUpperCase() : ''
  return /^[A-Z][A-Z0-9_]{2,63}$/.test(code) ? code : 'PLATFORM_REFUSED'
}

/** What is wrong with a document, as the platform listed it; empty for any other refusal. */
function findingsOf({ body }: PlatformAnswer<unknown>): JsonObject {
  const detail = (body as { detail?: { issues?: unknown } } | null)?.detail
  return Array.isArray(detail?.issues) ? { issues: detail.issues } : {}
}

/** The platform's own sentence, as the answer of a function; what it found in a document is its data. */
export const refused = (answer: PlatformAnswer<unknown>) =>
  failureWith(answer.problem, findingsOf(answer), { code: codeOf(answer), retryable: answer.status >= 500 })

/** What is wrong with an id; null when nothing is. */
export const badId = (appId: string) =>
  APP_ID.test(appId)
    ? null
    : ActionResult.error("Invalid app_id (allowed: letters, digits, '_' and '-'; max 64 chars).", {
        code: 'INVALID_APP_ID',
      })

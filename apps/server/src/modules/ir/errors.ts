import type { DocumentIssue } from '@imperal/contract'
import { defineErrors } from '../../foundation/errors.ts'

const messages = (issues: readonly DocumentIssue[]): string =>
  issues
    .filter(({ level }) => level === 'ERROR')
    .map(({ message }) => message)
    .join('; ')

/** Texts of ir 13.2: published clients show them, and repeat a deploy whose text sounds as if that could help (I10.1). */
export const irErrors = defineErrors('IR', {
  APP_NOT_FOUND: { kind: 'not_found', message: (details: { appId: string }) => `App not found: ${details.appId}` },
  DEVELOPER_REQUIRED: { kind: 'forbidden', message: 'Developer registration required.' },
  DOCUMENT_INVALID: {
    kind: 'unprocessable',
    wireCode: 'IR_DOCUMENT_INVALID',
    message: (details: { issues: readonly DocumentIssue[] }) =>
      `Invalid IR — not deployed. ${messages(details.issues)}`,
    wireDetail: (details: { issues: readonly DocumentIssue[] }) => ({
      message: `Invalid IR — not deployed. ${messages(details.issues)}`,
      issues: details.issues,
    }),
  },
  DEPLOY_LIMIT: { kind: 'rate_limited', message: 'Deploy limit reached.' },
  SMOKE_BUSY: {
    kind: 'rate_limited',
    message: 'Another smoke run is under way; one runs at a time for each person, and few at once for all.',
    hint: 'Try again when it has ended; it takes some seconds at the most.',
  },
  REVISION_CONFLICT: {
    kind: 'conflict',
    wireCode: 'IR_REVISION_CONFLICT',
    message: (details: { active: number | null }) => `Revision conflict: active is ${details.active ?? 'none'}.`,
  },
  REVIEW_REQUIRED: {
    kind: 'conflict',
    wireCode: 'IR_REVIEW_REQUIRED',
    message: (details: { changes: readonly string[] }) =>
      `The app is published, and this would let it do more than its users agreed to: ${details.changes.join('; ')}.`,
    hint: 'Suspend the app, deploy, and submit it for review.',
  },
  REVISION_NOT_FOUND: {
    kind: 'not_found',
    wireCode: 'IR_REVISION_NOT_FOUND',
    message: (details: { appId: string; revision: number | string }) =>
      `No revision ${details.revision} for ${details.appId}`,
  },
  REVISION_INVALID: {
    kind: 'unprocessable',
    wireCode: 'IR_REVISION_INVALID',
    message: (details: { revision: number; issues: readonly DocumentIssue[] }) =>
      `Revision ${details.revision} no longer validates: ${messages(details.issues)}`,
    wireDetail: (details: { revision: number; issues: readonly DocumentIssue[] }) => ({
      message: `Revision ${details.revision} no longer validates: ${messages(details.issues)}`,
      issues: details.issues,
    }),
  },
})

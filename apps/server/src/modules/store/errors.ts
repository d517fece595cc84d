import { defineErrors } from '../../foundation/errors.ts'

export const storeErrors = defineErrors('STORE', {
  NOT_FOUND: {
    kind: 'not_found',
    message: (details: { collection: string; id: string }) =>
      `There is no document "${details.id}" in the collection "${details.collection}".`,
  },
  CONFLICT: {
    kind: 'conflict',
    message: (details: { id: string; expected_etag: string; current_etag: string }) =>
      `The document "${details.id}" was changed by somebody else in the meantime; nothing was written.`,
    hint: 'Read it again, repeat the change and write with the new etag.',
    wireDetail: (details: { id: string; expected_etag: string; current_etag: string }) => ({
      current_etag: details.current_etag,
    }),
  },
  EXISTS: {
    kind: 'conflict',
    message: (details: { id: string }) => `There is a document with the id "${details.id}" already.`,
  },
  AMBIGUOUS: {
    kind: 'conflict',
    message: (details: { id: string }) => `Several users have a document with the id "${details.id}".`,
    hint: 'Name the user.',
  },
  TOO_LARGE: {
    kind: 'too_large',
    message: (details: { limit: number }) => `A document holds at most ${details.limit} bytes of JSON.`,
    hint: 'Split it into several documents, or keep files in ctx.storage.',
  },
  BAD_NAME: {
    kind: 'invalid',
    message: (details: { name: string }) =>
      `"${details.name}" cannot name a collection or document: use 1 to 128 characters without : * ? [ ] / and blanks.`,
  },
  BAD_DATA: {
    kind: 'invalid',
    message: (details: { reason: string }) => `The document cannot be stored: ${details.reason}.`,
  },
  BAD_QUERY: {
    kind: 'invalid',
    message: (details: { reason: string }) => `The query is not valid: ${details.reason}.`,
  },
  BAD_CURSOR: {
    kind: 'invalid',
    message: 'The cursor does not belong to this query.',
    hint: 'Pass the cursor of the page before, with the same collection and order.',
  },
})

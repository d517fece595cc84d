import type { ownAppQuery } from './queries.ts'

type Answer = Awaited<ReturnType<NonNullable<ReturnType<typeof ownAppQuery>['queryFn']>>>
/** An app of the calling developer, in full. */
export type OwnApp = Extract<Answer, { readonly owner: true }>

import { marketplace as contract } from '@imperal/contract'
import { administers, implement, type MountedRoute, type Principal } from '../../../foundation/http/index.ts'
import type { UserKey } from '../../registry/index.ts'
import { marketplaceErrors } from '../errors.ts'
import { noteOf } from '../install-routes.ts'
import type { MarketplaceOptions } from '../open-marketplace.ts'
import { readReviews } from './read-reviews.ts'
import { createReview, deleteReview, type ReviewNote, updateReview, voteReview } from './write-reviews.ts'

const readerOf = (principal: Principal | null): UserKey | null =>
  principal?.userId == null ? null : { tenantId: principal.tenantId, userId: principal.userId }

const noting =
  (options: MarketplaceOptions, caller: Parameters<typeof noteOf>[1], action: string): ReviewNote =>
  (tx, row) =>
    noteOf(options, caller, { action, appId: row.app_id, metadata: { review_id: row.review_id } })(tx)

const list = (options: MarketplaceOptions) =>
  implement(contract.reviews, async ({ params, query, principal }) => {
    if (!(await options.registry.published(params.app_id))) throw marketplaceErrors.APP_NOT_FOUND()
    const { sort, page, per_page: perPage } = query
    return readReviews(options, { appId: params.app_id, sort, page, perPage }, readerOf(principal))
  })

const create = (options: MarketplaceOptions) =>
  implement(contract.createReview, async (request) => {
    const { user, params, body } = request
    const author = { user, note: noting(options, request, 'review.created') }
    return createReview(options, author, { appId: params.app_id, ...body })
  })

const update = (options: MarketplaceOptions) =>
  implement(contract.updateReview, async (request) => {
    const { user, params, body } = request
    const author = { user, note: noting(options, request, 'review.updated') }
    return updateReview(options, author, {
      reviewId: params.review_id,
      rating: body.rating ?? undefined,
      title: body.title ?? undefined,
      body: body.body ?? undefined,
    })
  })

const remove = (options: MarketplaceOptions) =>
  implement(contract.deleteReview, async (request) => {
    const { user, params, principal } = request
    const mayModerate = (tenantId: string) => administers(principal, tenantId)
    const note = noting(options, request, 'review.deleted')
    await deleteReview(options, { userId: user.userId, mayModerate, note }, params.review_id)
    return { message: 'The review was removed.', id: params.review_id }
  })

const vote = (options: MarketplaceOptions) =>
  implement(contract.voteReview, ({ user, params, body }) =>
    voteReview(options, user, { reviewId: params.review_id, helpful: body.helpful }),
  )

/** What people say about apps. */
export const reviewRoutes = (options: MarketplaceOptions): readonly MountedRoute[] => [
  list(options),
  create(options),
  update(options),
  remove(options),
  vote(options),
]

import type { Review } from '@imperal/contract'
import { sql } from 'kysely'
import type { Tx } from '../../../foundation/db/index.ts'
import type { UserKey } from '../../registry/index.ts'
import { marketplaceErrors } from '../errors.ts'
import type { MarketplaceOptions } from '../open-marketplace.ts'
import { type ReviewRow, toReviews } from './read-reviews.ts'

/** Writes down what happens to a review, in the transaction in which it does. */
export type ReviewNote = (tx: Tx, row: Pick<ReviewRow, 'app_id' | 'review_id'>) => Promise<void>

interface Author {
  readonly user: UserKey
  readonly note: ReviewNote
}

/** Uses before somebody may say something about an app. */
const NEEDED_USES = 3

/** @throws MARKETPLACE_APP_NOT_FOUND, MARKETPLACE_OWN_APP, MARKETPLACE_NOT_INSTALLED, MARKETPLACE_TOO_FEW_USES */
async function checkMayReview(options: MarketplaceOptions, user: UserKey, appId: string): Promise<void> {
  const published = await options.registry.published(appId)
  if (!published) throw marketplaceErrors.APP_NOT_FOUND()
  if (published.app.ownerId === user.userId) throw marketplaceErrors.OWN_APP()
  const mine = await options.registry.resolve(user, appId)
  if (mine?.install == null) throw marketplaceErrors.NOT_INSTALLED()
  const uses = await options.usesOf(user, appId, NEEDED_USES)
  if (uses < NEEDED_USES) throw marketplaceErrors.TOO_FEW_USES({ needed: NEEDED_USES })
}

/** Counts the stars of an app anew. Whoever writes a review holds the app's row, so that no count is of yesterday. */
async function recount(options: MarketplaceOptions, tx: Tx, appId: string): Promise<void> {
  const { total, stars } = await tx
    .selectFrom('marketplace.review')
    .select([sql<number>`count(*)::int`.as('total'), sql<number>`coalesce(sum(rating), 0)::int`.as('stars')])
    .where('app_id', '=', appId)
    .executeTakeFirstOrThrow()
  await options.registry.writeFigures(tx, appId, { ratingTotal: stars, reviewCount: total })
}

const one = async (options: MarketplaceOptions, tx: Tx, row: ReviewRow, reader: UserKey): Promise<Review> => {
  const [review] = await toReviews(options, tx, [row], reader)
  if (review === undefined) throw new Error('one row is one review')
  return review
}

export interface NewReview {
  readonly rating: number
  readonly title: string
  readonly body: string
}

/**
 * Says something about an app that one uses. One review of each app by each person.
 * @throws MARKETPLACE_APP_NOT_FOUND, MARKETPLACE_OWN_APP, MARKETPLACE_NOT_INSTALLED, MARKETPLACE_TOO_FEW_USES,
 * MARKETPLACE_ALREADY_REVIEWED
 */
export async function createReview(
  options: MarketplaceOptions,
  { user, note }: Author,
  review: NewReview & { readonly appId: string },
): Promise<Review> {
  await checkMayReview(options, user, review.appId)
  return options.db.everyTenant(async (tx) => {
    if ((await options.registry.lockApp(tx, review.appId)) === null) throw marketplaceErrors.APP_NOT_FOUND()
    const row = await tx
      .insertInto('marketplace.review')
      .values({
        tenant_id: user.tenantId,
        app_id: review.appId,
        user_id: user.userId,
        rating: review.rating,
        title: review.title,
        body: review.body,
        created_at: options.clock.iso(),
      })
      .onConflict((conflict) => conflict.columns(['app_id', 'user_id']).doNothing())
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) throw marketplaceErrors.ALREADY_REVIEWED()
    await note(tx, row)
    await recount(options, tx, review.appId)
    return one(options, tx, row, user)
  })
}

/** The review, with the row of its app held, so that counts stay right. @throws MARKETPLACE_REVIEW_NOT_FOUND */
async function lockReview(options: MarketplaceOptions, tx: Tx, reviewId: number): Promise<ReviewRow> {
  const find = () =>
    tx.selectFrom('marketplace.review').selectAll().where('review_id', '=', reviewId).executeTakeFirst()
  const found = await find()
  if (found === undefined) throw marketplaceErrors.REVIEW_NOT_FOUND()
  await options.registry.lockApp(tx, found.app_id)
  const row = await find()
  if (row === undefined) throw marketplaceErrors.REVIEW_NOT_FOUND()
  return row
}

/** Changes one's own review. @throws MARKETPLACE_REVIEW_NOT_FOUND, MARKETPLACE_NOT_YOUR_REVIEW */
export function updateReview(
  options: MarketplaceOptions,
  { user, note }: Author,
  change: { readonly reviewId: number } & { readonly [K in keyof NewReview]?: NewReview[K] | undefined },
): Promise<Review> {
  return options.db.everyTenant(async (tx) => {
    const before = await lockReview(options, tx, change.reviewId)
    if (before.user_id !== user.userId) throw marketplaceErrors.NOT_YOUR_REVIEW()
    const { rating, title, body } = change
    const given = Object.fromEntries(Object.entries({ rating, title, body }).filter(([, value]) => value !== undefined))
    const row = await tx
      .updateTable('marketplace.review')
      .set({ ...given, edited_at: options.clock.iso() })
      .where('review_id', '=', change.reviewId)
      .returningAll()
      .executeTakeFirstOrThrow()
    await note(tx, row)
    await recount(options, tx, row.app_id)
    return one(options, tx, row, user)
  })
}

/** Removes a review and its votes; whoever administers the author's tenant may as well. @throws MARKETPLACE_REVIEW_NOT_FOUND, MARKETPLACE_NOT_YOUR_REVIEW */
export function deleteReview(
  options: MarketplaceOptions,
  who: {
    readonly userId: string
    readonly mayModerate: (tenantId: string) => boolean
    readonly note: ReviewNote
  },
  reviewId: number,
): Promise<ReviewRow> {
  return options.db.everyTenant(async (tx) => {
    const row = await lockReview(options, tx, reviewId)
    if (row.user_id !== who.userId && !who.mayModerate(row.tenant_id)) throw marketplaceErrors.NOT_YOUR_REVIEW()
    await tx.deleteFrom('marketplace.review').where('review_id', '=', reviewId).execute()
    await who.note(tx, row)
    await recount(options, tx, row.app_id)
    return row
  })
}

/** Reviews of an app that is gone are nobody's. */
export async function forgetReviews(options: Pick<MarketplaceOptions, 'db'>, appId: string): Promise<void> {
  await options.db.everyTenant((tx) => tx.deleteFrom('marketplace.review').where('app_id', '=', appId).execute())
}

/** Says that a review helps, or takes that back; one vote of each person. @throws MARKETPLACE_REVIEW_NOT_FOUND, MARKETPLACE_OWN_REVIEW */
export function voteReview(
  options: MarketplaceOptions,
  user: UserKey,
  vote: { readonly reviewId: number; readonly helpful: boolean },
): Promise<{ review_id: number; helpful_count: number; my_vote: boolean }> {
  const { reviewId, helpful } = vote
  return options.db.everyTenant(async (tx) => {
    const row = await tx
      .selectFrom('marketplace.review')
      .select('user_id')
      .where('review_id', '=', reviewId)
      .forUpdate()
      .executeTakeFirst()
    if (row === undefined) throw marketplaceErrors.REVIEW_NOT_FOUND()
    if (row.user_id === user.userId) throw marketplaceErrors.OWN_REVIEW()
    if (helpful) {
      await tx
        .insertInto('marketplace.vote')
        .values({
          review_id: reviewId,
          tenant_id: user.tenantId,
          user_id: user.userId,
          created_at: options.clock.iso(),
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    } else {
      await tx
        .deleteFrom('marketplace.vote')
        .where('review_id', '=', reviewId)
        .where('user_id', '=', user.userId)
        .execute()
    }
    const { helpful_count } = await tx
      .updateTable('marketplace.review')
      .set({
        helpful_count: sql<number>`(select count(*)::int from marketplace.vote v where v.review_id = ${reviewId})`,
      })
      .where('review_id', '=', reviewId)
      .returning('helpful_count')
      .executeTakeFirstOrThrow()
    return { review_id: reviewId, helpful_count, my_vote: helpful }
  })
}

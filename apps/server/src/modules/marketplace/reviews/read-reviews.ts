import type { Review } from '@imperal/contract'
import { type Selectable, sql } from 'kysely'
import type { Tx } from '../../../foundation/db/index.ts'
import type { UserKey } from '../../registry/index.ts'
import type { MarketplaceOptions } from '../open-marketplace.ts'
import type { ReviewTable } from '../tables.ts'

export type ReviewRow = Selectable<ReviewTable>

/** Who never chose a handle is known by nothing else: names and addresses are nobody's business. */
const NAMELESS = 'A user'

/** Reviews as one reader sees them. */
export async function toReviews(
  options: Pick<MarketplaceOptions, 'nicknamesOf'>,
  tx: Tx,
  rows: readonly ReviewRow[],
  reader: UserKey | null,
): Promise<Review[]> {
  if (rows.length === 0) return []
  const names = await options.nicknamesOf([...new Set(rows.map((row) => row.user_id))])
  const ids = rows.map((row) => row.review_id)
  const votes =
    reader === null
      ? []
      : await tx
          .selectFrom('marketplace.vote')
          .select('review_id')
          .where('review_id', 'in', ids)
          .where('user_id', '=', reader.userId)
          .execute()
  const voted = new Set(votes.map((vote) => vote.review_id))
  return rows.map((row) => ({
    id: row.review_id,
    app_id: row.app_id,
    developer_reply: row.developer_reply,
    nickname: names.get(row.user_id) ?? NAMELESS,
    rating: row.rating,
    title: row.title,
    body: row.body,
    helpful_count: row.helpful_count,
    my_vote: voted.has(row.review_id),
    is_mine: reader?.userId === row.user_id,
    created_at: row.created_at.toISOString(),
    edited_at: row.edited_at?.toISOString() ?? null,
  }))
}

const ORDER = {
  helpful: sql`helpful_count desc, created_at desc, review_id desc`,
  newest: sql`created_at desc, review_id desc`,
  oldest: sql`created_at, review_id`,
  highest: sql`rating desc, created_at desc, review_id desc`,
  lowest: sql`rating, created_at desc, review_id desc`,
} as const

export interface ReviewQuery {
  readonly appId: string
  readonly sort: keyof typeof ORDER
  readonly page: number
  readonly perPage: number
}

/** One page of reviews, with how the stars are spread. */
export function readReviews(options: MarketplaceOptions, query: ReviewQuery, reader: UserKey | null) {
  return options.db.everyTenant(async (tx) => {
    const spread = await tx
      .selectFrom('marketplace.review')
      .select(['rating', (eb) => eb.fn.countAll<number>().as('total')])
      .where('app_id', '=', query.appId)
      .groupBy('rating')
      .execute()
    const counts = new Map(spread.map(({ rating, total }) => [rating, Number(total)]))
    const rows = await tx
      .selectFrom('marketplace.review')
      .selectAll()
      .where('app_id', '=', query.appId)
      .orderBy(ORDER[query.sort])
      .limit(query.perPage)
      .offset((query.page - 1) * query.perPage)
      .execute()
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0)
    const stars = [...counts].reduce((sum, [rating, count]) => sum + rating * count, 0)
    const of = (rating: number) => counts.get(rating) ?? 0
    return {
      reviews: await toReviews(options, tx, rows, reader),
      total,
      page: query.page,
      per_page: query.perPage,
      avg_rating: averageOf(stars, total),
      distribution: { 1: of(1), 2: of(2), 3: of(3), 4: of(4), 5: of(5) },
    }
  })
}

/** With two digits; 0 without a review. */
export const averageOf = (stars: number, count: number): number =>
  count === 0 ? 0 : Math.round((stars / count) * 100) / 100

import { type RawBuilder, sql } from 'kysely'
import type { Database } from '../../foundation/db/index.ts'
import { APP_COLUMNS, toApp, toVersion } from './rows.ts'
import type { BrowseQuery, PublishedApp } from './types.ts'

/**
 * Words as they are typed, each also as the beginning of a longer word, or the same words reduced to their English stem.
 * Null when the text holds no word at all.
 */
function toQuery(search: string): RawBuilder<unknown> | null {
  const words = search.toLowerCase().match(/[\p{L}\p{N}]+/gu)
  if (!words) return null
  const prefixes = words.map((word) => `${word}:*`).join(' & ')
  return sql`(to_tsquery('simple', ${prefixes}) || plainto_tsquery('english', ${words.join(' ')}))`
}

// Actions and ratings have no figures of their own yet; both begin where installs stand.
const ORDER: Readonly<Record<BrowseQuery['sort'], RawBuilder<unknown>>> = {
  actions: sql`a.install_count desc, a.app_id`,
  installs: sql`a.install_count desc, a.app_id`,
  rating: sql`a.install_count desc, a.app_id`,
  newest: sql`coalesce(a.published_at, a.created_at) desc, a.app_id`,
  name: sql`lower(a.name), a.app_id`,
}

type Tx = Parameters<Parameters<Database['everyTenant']>[0]>[0]

const published = (tx: Tx) =>
  tx
    .selectFrom('registry.app as a')
    .innerJoin('registry.version as v', (join) =>
      join.onRef('v.app_id', '=', 'a.app_id').onRef('v.version', '=', 'a.live_version'),
    )
    .where('a.status', '=', 'active')
    .where('a.system', '=', false)
    .where('v.artefact_hash', 'is not', null)

async function fetch(tx: Tx, ids: readonly string[]): Promise<PublishedApp[]> {
  if (ids.length === 0) return []
  const apps = await tx.selectFrom('registry.app').select(APP_COLUMNS).where('app_id', 'in', ids).execute()
  const versions = await tx
    .selectFrom('registry.version as v')
    .innerJoin('registry.app as a', (join) =>
      join.onRef('v.app_id', '=', 'a.app_id').onRef('v.version', '=', 'a.live_version'),
    )
    .selectAll('v')
    .where('v.app_id', 'in', ids)
    .execute()
  const found = new Map(versions.map((row) => [row.app_id, toVersion(row)]))
  const byId = new Map(apps.map((row) => [row.app_id, toApp(row)]))
  return ids.flatMap((id) => {
    const [app, version] = [byId.get(id), found.get(id)]
    return app && version ? [{ app, version }] : []
  })
}

/** Published, non-system apps that match; a search under the default order puts the best match first. */
export function browseApps(db: Database, query: BrowseQuery): Promise<{ apps: PublishedApp[]; total: number }> {
  const search = query.search.trim() === '' ? undefined : toQuery(query.search)
  if (search === null) return Promise.resolve({ apps: [], total: 0 })
  return db.everyTenant(async (tx) => {
    const matching = published(tx)
      .$if(query.category !== '', (some) => some.where('a.category', '=', query.category))
      .$if(search !== undefined, (some) => some.where(sql<boolean>`a.search @@ ${search}`))
    const order =
      search !== undefined && query.sort === 'actions'
        ? sql`ts_rank(a.search, ${search}) desc, a.install_count desc, a.app_id`
        : ORDER[query.sort]
    const page = await matching.select('a.app_id').orderBy(order).limit(query.limit).offset(query.offset).execute()
    const { total } = await matching.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
    return {
      apps: await fetch(
        tx,
        page.map((row) => row.app_id),
      ),
      total: Number(total),
    }
  })
}

/** Number of published apps by category. */
export function countCategories(db: Database): Promise<Record<string, number>> {
  return db.everyTenant(async (tx) => {
    const rows = await published(tx)
      .select(['a.category', (eb) => eb.fn.countAll<number>().as('total')])
      .groupBy('a.category')
      .orderBy('a.category')
      .execute()
    return Object.fromEntries(rows.map((row) => [row.category, Number(row.total)]))
  })
}

/** Recommended apps first, then the most installed ones. */
export function featuredApps(db: Database, limit: number): Promise<PublishedApp[]> {
  return db.everyTenant(async (tx) => {
    const rows = await published(tx)
      .select('a.app_id')
      .orderBy('a.featured', 'desc')
      .orderBy('a.install_count', 'desc')
      .orderBy('a.app_id')
      .limit(limit)
      .execute()
    return fetch(
      tx,
      rows.map((row) => row.app_id),
    )
  })
}

/** One published, non-system app with its figures of this moment. */
export function publishedApp(db: Database, appId: string): Promise<PublishedApp | null> {
  return db.everyTenant(async (tx) => {
    const found = await published(tx).select('a.app_id').where('a.app_id', '=', appId).executeTakeFirst()
    return found ? ((await fetch(tx, [found.app_id]))[0] ?? null) : null
  })
}

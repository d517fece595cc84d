import { type Database, EVERY_TENANT, type Statement } from '../../foundation/db/index.ts'
import { APP_COLUMNS, type AppRow, toApp, toVersion } from './rows.ts'
import type { BrowseQuery, PublishedApp } from './types.ts'

/**
 * Words as they are typed, each also as the beginning of a longer word, or the same words reduced to their English stem.
 * Null when the text holds no word at all.
 */
function wordsOf(search: string): { prefixes: string; plain: string } | null {
  const words = search.toLowerCase().match(/[\p{L}\p{N}]+/gu)
  return words && { prefixes: words.map((word) => `${word}:*`).join(' & '), plain: words.join(' ') }
}

// `$1` and `$2` of a search.
const MATCHING = "(to_tsquery('simple', $1) || plainto_tsquery('english', $2))"
// A version without code never goes live. The conditions are those of the partial indexes.
const PUBLISHED = "a.status = 'active' and not a.system and a.live_version is not null"

// The expressions are those of the indexes.
const ORDER: Readonly<Record<BrowseQuery['sort'] | 'match', string>> = {
  match: `ts_rank(a.search, ${MATCHING}) desc, a.install_count desc, a.app_id`,
  actions: 'a.action_count desc, a.install_count desc, a.app_id',
  installs: 'a.install_count desc, a.app_id',
  rating: '((a.rating_total + 15.0) / (a.review_count + 5)) desc, a.review_count desc, a.app_id',
  newest: '(coalesce(a.published_at, a.created_at)) desc, a.app_id',
  name: 'lower(a.name), a.app_id',
}

const APP = APP_COLUMNS.map((column) => `a.${column}`).join(', ')
/** The apps that `picked` names, in its order, with their live versions. */
const withVersions = (picked: string, more = '') => `with page as (
  select picked.*, row_number() over () as place from (${picked}) picked
)
select ${APP}, to_jsonb(v) as live${more} from page p join registry.app a using (app_id)
join registry.version v on v.app_id = a.app_id and v.version = a.live_version order by p.place`

interface Row extends AppRow {
  /** The row of the version as JSON, its times as text. */
  readonly live: Omit<Parameters<typeof toVersion>[0], 'created_at' | 'updated_at'> & {
    readonly created_at: string
    readonly updated_at: string
  }
}

function toPublished({ live, ...row }: Row): PublishedApp[] {
  const times = { created_at: new Date(live.created_at), updated_at: new Date(live.updated_at) }
  const version = toVersion({ ...live, ...times })
  return version ? [{ app: toApp(row), version }] : []
}

const read = async (db: Database, statements: readonly Statement[]) => db.atomic(EVERY_TENANT, statements)
const published = (rows: unknown): PublishedApp[] => (rows as Row[]).flatMap(toPublished)

/** Published, non-system apps that match; a search under the default order puts the best match first. */
export async function browseApps(db: Database, query: BrowseQuery): Promise<{ apps: PublishedApp[]; total: number }> {
  const search = query.search.trim() === '' ? undefined : wordsOf(query.search)
  if (search === null) return { apps: [], total: 0 }
  const order = ORDER[search !== undefined && query.sort === 'actions' ? 'match' : query.sort]
  const values: unknown[] = search === undefined ? [] : [search.prefixes, search.plain]
  const put = (value: unknown): string => `$${values.push(value)}`
  const searched = search === undefined ? '' : ` and a.search @@ ${MATCHING}`
  const where = `${PUBLISHED}${searched}${query.category === '' ? '' : ` and a.category = ${put(query.category)}`}`
  const all = { text: `select count(*)::int as total from registry.app a where ${where}`, values: [...values] }
  // The matches of a search are all ranked anyway, so they are counted on the way; without one an index gives the page.
  const total = search === undefined ? '' : ', count(*) over () as total'
  const picked = `select a.app_id${total} from registry.app a where ${where} order by ${order} limit ${put(query.limit)} offset ${put(query.offset)}`
  const page = { text: withVersions(picked, search === undefined ? '' : ', p.total'), values }
  const [rows, counted] = await read(db, search === undefined ? [page, all] : [page])
  const apps = published(rows?.rows)
  const found = counted?.rows[0]?.total ?? rows?.rows[0]?.total
  if (found !== undefined || query.offset === 0) return { apps, total: Number(found ?? 0) }
  const [beyond] = await read(db, [all])
  return { apps, total: Number(beyond?.rows[0]?.total ?? 0) }
}

/** Number of published apps by category. */
export async function countCategories(db: Database): Promise<Record<string, number>> {
  const [result] = await read(db, [
    {
      text: `select a.category, count(*)::int as total from registry.app a where ${PUBLISHED} group by a.category order by a.category`,
      values: [],
    },
  ])
  const rows = (result?.rows ?? []) as { category: string; total: number }[]
  return Object.fromEntries(rows.map((row) => [row.category, row.total]))
}

/** Recommended apps first, then the most installed ones, with the number of all that are published. */
export async function featuredApps(db: Database, limit: number): Promise<{ apps: PublishedApp[]; total: number }> {
  const order = 'a.featured desc, a.install_count desc, a.app_id'
  const picked = `select a.app_id from registry.app a where ${PUBLISHED} order by ${order} limit $1`
  const all = { text: `select count(*)::int as total from registry.app a where ${PUBLISHED}`, values: [] }
  const [result, counted] = await read(db, [{ text: withVersions(picked), values: [limit] }, all])
  return { apps: published(result?.rows), total: Number(counted?.rows[0]?.total ?? 0) }
}

/** One published, non-system app with its figures of this moment. */
export async function publishedApp(db: Database, appId: string): Promise<PublishedApp | null> {
  const picked = `select a.app_id from registry.app a where ${PUBLISHED} and a.app_id = $1`
  const [result] = await read(db, [{ text: withVersions(picked), values: [appId] }])
  return published(result?.rows)[0] ?? null
}

import type { Database } from '../../foundation/db/index.ts'
import { checkNames, isName } from './check-input.ts'
import { conditionsOf } from './conditions.ts'
import { COLUMNS, type DocumentRow, toDocument } from './documents.ts'
import { storeErrors } from './errors.ts'
import { type Cursors, orderOf } from './order.ts'
import { BEGINNING, COUNT, COUNT_ALL, PAGE_OF_ALL, PAGES, USERS } from './page-sql.ts'
import type { DocumentWire, PageWire, Store } from './types.ts'

const GET = `
select ${COLUMNS} from store.document d
 where d.tenant_id = $1 and d.app_id = $2 and d.user_id = $3 and d.collection = $4 and d.id = $5 and d.deleted_at is null`

const OWNERS = `
select d.user_id from store.document d
 where d.tenant_id = $1 and d.app_id = $2 and d.collection = $3 and d.id = $4 and d.deleted_at is null
 order by d.user_id limit 2`

type Reads = Pick<Store, 'get' | 'query' | 'count' | 'countAll' | 'listUsers' | 'queryAll' | 'ownersOf'>
type PageRow = DocumentRow & { readonly sort_key: unknown; readonly found: number }

/** @throws STORE_BAD_QUERY */
function checkLimit(limit: number, maximum: number): number {
  if (!Number.isInteger(limit) || limit < 1 || limit > maximum) {
    throw storeErrors.BAD_QUERY({ reason: `the limit is a whole number from 1 to ${maximum}` })
  }
  return limit
}

function pageOf(
  rows: readonly PageRow[],
  limit: number,
  cursorAt: (last: PageRow) => string,
  first: boolean,
): PageWire<DocumentWire> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const more = last !== undefined && shown.length < last.found
  return {
    data: shown.map(toDocument),
    cursor: more ? cursorAt(last) : null,
    has_more: more,
    total: first && !more ? shown.length : null,
  }
}

const sortValue = (row: PageRow): string =>
  row.sort_key instanceof Date ? row.sort_key.toISOString() : JSON.stringify(row.sort_key)

/** The reading half of the store. Each operation is one statement in one round trip. */
export function documentReads(db: Database, cursors: Cursors): Reads {
  async function read<Row>(tenantId: string, text: string, values: readonly unknown[]): Promise<Row[]> {
    const [result] = await db.atomic(tenantId, [{ text, values }])
    return (result?.rows ?? []) as Row[]
  }
  return {
    async get(scope, collection, id) {
      checkNames(collection)
      if (!isName(id)) return null
      const values = [scope.tenantId, scope.appId, scope.userId, collection, id]
      const [row] = await read<DocumentRow>(scope.tenantId, GET, values)
      return row === undefined ? null : toDocument(row)
    },
    async query(scope, collection, query) {
      checkNames(collection)
      const limit = checkLimit(query.limit ?? 100, 1_000)
      const order = orderOf(query.order_by)
      const { contained, others } = conditionsOf(query.where)
      const bound = JSON.stringify([scope.tenantId, scope.appId, scope.userId, collection, order])
      const after = query.cursor ? cursors.read(query.cursor, bound) : null
      const direction = order.descending ? 'descending' : 'ascending'
      const rows = await read<PageRow>(scope.tenantId, PAGES[order.by][direction], [
        ...[scope.tenantId, scope.appId, collection, contained, others],
        ...[limit + 1, after?.value ?? BEGINNING[order.by][direction], after?.id ?? '', scope.userId],
        ...(order.by === 'field' ? [order.field] : []),
      ])
      const cursorAt = (last: PageRow) =>
        cursors.write({ value: sortValue(last), id: last.id, userId: scope.userId }, bound)
      return pageOf(rows, limit, cursorAt, after === null)
    },
    async count(scope, collection, where) {
      checkNames(collection)
      const { contained, others } = conditionsOf(where)
      const values = [scope.tenantId, scope.appId, collection, contained, others, scope.userId]
      const [row] = await read<{ total: number }>(scope.tenantId, COUNT, values)
      return row?.total ?? 0
    },
    async countAll(tenantId, appId, collection) {
      checkNames(collection)
      const [row] = await read<{ total: number }>(tenantId, COUNT_ALL, [tenantId, appId, collection])
      return row?.total ?? 0
    },
    async listUsers(tenantId, appId, collection, { pageSize, cursor }) {
      if (collection !== null) checkNames(collection)
      checkLimit(pageSize, 10_000)
      const values = [tenantId, appId, collection, cursor ?? '', pageSize + 1]
      const rows = await read<{ user_id: string }>(tenantId, USERS, values)
      const ids = rows.slice(0, pageSize).map((row) => row.user_id)
      return { user_ids: ids, next_cursor: rows.length > pageSize ? (ids.at(-1) ?? null) : null, truncated: false }
    },
    async ownersOf(tenantId, appId, collection, id) {
      checkNames(collection)
      if (!isName(id)) return []
      const rows = await read<{ user_id: string }>(tenantId, OWNERS, [tenantId, appId, collection, id])
      return rows.map((row) => row.user_id)
    },
    async queryAll(tenantId, appId, collection, options) {
      checkNames(collection)
      const limit = checkLimit(options.limit, 10_000)
      const { contained, others } = conditionsOf(options.where)
      const bound = JSON.stringify([tenantId, appId, collection])
      const after = options.cursor ? cursors.read(options.cursor, bound) : null
      const rows = await read<PageRow>(tenantId, PAGE_OF_ALL, [
        ...[tenantId, appId, collection, contained, others],
        ...[limit + 1, after?.userId ?? '', after?.id ?? ''],
      ])
      const cursorAt = (last: PageRow) => cursors.write({ value: '', id: last.id, userId: last.user_id }, bound)
      return pageOf(rows, limit, cursorAt, after === null)
    },
  }
}

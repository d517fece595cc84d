import type { Clock } from '../../foundation/clock.ts'
import type { Writer } from '../../foundation/db/index.ts'
import { orderedId } from '../../foundation/ids.ts'
import type { StoreScope } from '../../foundation/scope.ts'
import { checkNames, MAX_DOCUMENT_BYTES, storableText } from './check-input.ts'
import { COLUMNS, type DocumentRow, toDocument } from './documents.ts'
import { storeErrors } from './errors.ts'
import type { Store } from './types.ts'

const PLACE = 'd.tenant_id = $1 and d.app_id = $2 and d.user_id = $3 and d.collection = $4 and d.id = $5'

// A refused write returns no row instead of failing, so that the transaction it belongs to stays usable.
const CREATE = `
insert into store.document as d (tenant_id, app_id, user_id, collection, id, data, created_at, updated_at)
select $1, $2, $3, $4, $5, n.data, $7::timestamptz, $7::timestamptz
  from (select $6::jsonb as data) n where octet_length(n.data::text) <= ${MAX_DOCUMENT_BYTES}
returning ${COLUMNS}`

// Writing to a deleted document makes a new one under its id.
const SET = `
insert into store.document as d (tenant_id, app_id, user_id, collection, id, data, created_at, updated_at)
select $1, $2, $3, $4, $5, n.data, $7::timestamptz, $7::timestamptz
  from (select $6::jsonb as data) n where octet_length(n.data::text) <= ${MAX_DOCUMENT_BYTES}
on conflict (tenant_id, app_id, user_id, collection, id) do update
   set data = excluded.data, updated_at = excluded.updated_at, deleted_at = null,
       created_at = case when d.deleted_at is null then d.created_at else excluded.created_at end
returning ${COLUMNS}`

// The row lock makes the comparison: a second writer waits here and then sees what the first one wrote.
const UPDATE = `
with target as (
  select d.etag, d.data || $6::jsonb as merged from store.document d where ${PLACE} and d.deleted_at is null for update
), judged as (
  select etag, merged, case
    when $8::text is not null and etag <> $8::text then 'conflict'
    when octet_length(merged::text) > ${MAX_DOCUMENT_BYTES} then 'too_large'
    else 'changed' end as outcome
  from target
), changed as (
  update store.document d set data = judged.merged, updated_at = $7::timestamptz
    from judged where ${PLACE} and judged.outcome = 'changed'
  returning ${COLUMNS}
)
select judged.outcome, judged.etag as current_etag, changed.* from judged left join changed on true`

const DELETE = `update store.document d set deleted_at = $6::timestamptz where ${PLACE} and d.deleted_at is null returning d.id`

type UpdateRow = DocumentRow & { readonly outcome: 'changed' | 'conflict' | 'too_large'; readonly current_etag: string }
type Writes = Pick<Store, 'create' | 'set' | 'update' | 'delete'>

const place = (scope: StoreScope, collection: string, id: string): string[] => [
  scope.tenantId,
  scope.appId,
  scope.userId,
  collection,
  id,
]

async function writeOne<Row>(writer: Writer, text: string, values: readonly unknown[]): Promise<Row | undefined> {
  const [result] = await writer.atomic([{ text, values }])
  return result?.rows[0] as Row | undefined
}

/** The writing half of the store: each operation is one statement with a constant text. */
export function documentWrites(clock: Clock): Writes {
  const put = async (writer: Writer, text: string, values: readonly unknown[]) => {
    const row = await writeOne<DocumentRow>(writer, text, values)
    if (row === undefined) throw storeErrors.TOO_LARGE({ limit: MAX_DOCUMENT_BYTES })
    return toDocument(row)
  }
  return {
    async create(writer, scope, collection, data) {
      checkNames(collection)
      return put(writer, CREATE, [...place(scope, collection, orderedId('doc')), storableText(data), clock.iso()])
    },
    async set(writer, scope, collection, id, data) {
      checkNames(collection, id)
      return put(writer, SET, [...place(scope, collection, id), storableText(data), clock.iso()])
    },
    async update(writer, scope, collection, id, patch, ifMatch) {
      checkNames(collection, id)
      const expected = ifMatch || null
      const values = [...place(scope, collection, id), storableText(patch), clock.iso(), expected]
      const row = await writeOne<UpdateRow>(writer, UPDATE, values)
      if (row === undefined) throw storeErrors.NOT_FOUND({ collection, id })
      if (row.outcome === 'conflict') {
        throw storeErrors.CONFLICT({ id, expected_etag: expected ?? '', current_etag: row.current_etag })
      }
      if (row.outcome === 'too_large') throw storeErrors.TOO_LARGE({ limit: MAX_DOCUMENT_BYTES })
      return toDocument(row)
    },
    async delete(writer, scope, collection, id) {
      checkNames(collection, id)
      const row = await writeOne<{ id: string }>(writer, DELETE, [...place(scope, collection, id), clock.iso()])
      return row !== undefined
    },
  }
}

import type { Clock } from '../../foundation/clock.ts'
import type { Writer } from '../../foundation/db/index.ts'
import { orderedId } from '../../foundation/ids.ts'
import type { StoreScope } from '../../foundation/scope.ts'
import { checkNames, isName, MAX_DOCUMENT_BYTES, storableText } from './check-input.ts'
import { COLUMNS, type DocumentRow, toDocument } from './documents.ts'
import { storeErrors } from './errors.ts'
import type { Store } from './types.ts'

const PLACE = 'd.tenant_id = $1 and d.app_id = $2 and d.user_id = $3 and d.collection = $4 and d.id = $5'

// The canonical text is made once; etag and size come from it.
const written = (data: string) => `(select m.data, m.data::text as text from (select ${data} as data) m offset 0)`
const ETAG = "encode(sha256(convert_to(n.text, 'UTF8')), 'hex')"
const VALUES = `select $1, $2, $3, $4, $5, n.data, ${ETAG}, octet_length(n.text), $7::timestamptz, $7::timestamptz
  from ${written('$6::jsonb')} n where octet_length(n.text) <= ${MAX_DOCUMENT_BYTES}`
const INSERT = `
insert into store.document as d (tenant_id, app_id, user_id, collection, id, data, etag, bytes, created_at, updated_at)
${VALUES}`

// A refused write returns no row instead of failing, so that the transaction it belongs to stays usable.
const CREATE = `${INSERT}
returning d.data, d.etag`

// No row: one stands there, or the text is too large.
const CREATE_AS = `${INSERT}
on conflict (tenant_id, app_id, user_id, collection, id) do update
   set data = excluded.data, etag = excluded.etag, bytes = excluded.bytes, updated_at = excluded.updated_at,
       created_at = excluded.created_at, deleted_at = null where d.deleted_at is not null
returning ${COLUMNS}`
const STANDS = `select 1 from store.document d where ${PLACE} and d.deleted_at is null`

// Writing to a deleted document makes a new one under its id.
const SET = `${INSERT}
on conflict (tenant_id, app_id, user_id, collection, id) do update
   set data = excluded.data, etag = excluded.etag, bytes = excluded.bytes, updated_at = excluded.updated_at,
       deleted_at = null, created_at = case when d.deleted_at is null then d.created_at else excluded.created_at end
returning ${COLUMNS}`

// The row lock makes the comparison: a second writer waits here and then sees what the first one wrote.
const changing = (value: string) => `
with target as (
  select d.etag, n.data as merged, n.text from store.document d, lateral ${written(value)} n
   where ${PLACE} and d.deleted_at is null for update of d
), judged as (
  select etag, merged, text, case
    when $8::text is not null and etag <> $8::text then 'conflict'
    when octet_length(text) > ${MAX_DOCUMENT_BYTES} then 'too_large'
    else 'changed' end as outcome
  from target
), changed as (
  update store.document d
     set data = n.merged, etag = ${ETAG}, bytes = octet_length(n.text), updated_at = $7::timestamptz
    from judged n where ${PLACE} and n.outcome = 'changed'
  returning ${COLUMNS}
)
select judged.outcome, judged.etag as current_etag, changed.* from judged left join changed on true`

const UPDATE = changing('d.data || $6::jsonb')
const REPLACE = changing('$6::jsonb')

const DELETE = `update store.document d set deleted_at = $6::timestamptz where ${PLACE} and d.deleted_at is null returning d.id`

type UpdateRow = DocumentRow & { readonly outcome: 'changed' | 'conflict' | 'too_large'; readonly current_etag: string }
type Writes = Pick<Store, 'create' | 'createAs' | 'set' | 'update' | 'delete'>

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

function change(
  row: UpdateRow | undefined,
  of: { readonly collection: string; readonly id: string; readonly expected: string | null },
) {
  const { collection, id, expected } = of
  if (row === undefined) throw storeErrors.NOT_FOUND({ collection, id })
  if (row.outcome === 'conflict')
    throw storeErrors.CONFLICT({ id, expected_etag: expected ?? '', current_etag: row.current_etag })
  if (row.outcome === 'too_large') throw storeErrors.TOO_LARGE({ limit: MAX_DOCUMENT_BYTES })
  return toDocument(row)
}

/** The writing half of the store: each operation is one statement with a constant text. */
export function documentWrites(clock: Clock): Writes {
  const put = async <Row>(writer: Writer, text: string, values: readonly unknown[]): Promise<Row> => {
    const row = await writeOne<Row>(writer, text, values)
    if (row === undefined) throw storeErrors.TOO_LARGE({ limit: MAX_DOCUMENT_BYTES })
    return row
  }
  return {
    async create(writer, scope, collection, data) {
      checkNames(collection)
      const [id, now] = [orderedId('doc'), clock.iso()]
      const values = [...place(scope, collection, id), storableText(data), now]
      const row = await put<Pick<DocumentRow, 'data' | 'etag'>>(writer, CREATE, values)
      return {
        ...{ id, collection, data: row.data, extension_id: scope.appId, tenant_id: scope.tenantId },
        ...{ created_at: now, updated_at: now, user_id: scope.userId, etag: row.etag },
      }
    },
    async createAs(writer, scope, collection, id, data) {
      checkNames(collection, id)
      const at = place(scope, collection, id)
      const [made, standing] = await writer.atomic([
        { text: CREATE_AS, values: [...at, storableText(data), clock.iso()] },
        { text: STANDS, values: at },
      ])
      const row = made?.rows[0] as DocumentRow | undefined
      if (row !== undefined) return toDocument(row)
      if ((standing?.rowCount ?? 0) > 0) throw storeErrors.EXISTS({ id })
      throw storeErrors.TOO_LARGE({ limit: MAX_DOCUMENT_BYTES })
    },
    async set(writer, scope, collection, id, data, ifMatch) {
      checkNames(collection, id)
      const values = [...place(scope, collection, id), storableText(data), clock.iso()]
      const expected = ifMatch || null
      if (expected !== null) {
        const row = await writeOne<UpdateRow>(writer, REPLACE, [...values, expected])
        return change(row, { collection, id, expected })
      }
      return toDocument(await put<DocumentRow>(writer, SET, values))
    },
    async update(writer, scope, collection, id, patch, ifMatch) {
      checkNames(collection)
      if (!isName(id)) throw storeErrors.NOT_FOUND({ collection, id })
      const expected = ifMatch || null
      const values = [...place(scope, collection, id), storableText(patch), clock.iso(), expected]
      return change(await writeOne<UpdateRow>(writer, UPDATE, values), { collection, id, expected })
    },
    async delete(writer, scope, collection, id) {
      checkNames(collection)
      if (!isName(id)) return false
      const row = await writeOne<{ id: string }>(writer, DELETE, [...place(scope, collection, id), clock.iso()])
      return row !== undefined
    },
  }
}

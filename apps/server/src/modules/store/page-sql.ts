import { COLUMNS } from './documents.ts'
import type { Order } from './order.ts'

/** Bytes of documents on one page: a frame of the host protocol must hold it. */
export const MAX_PAGE_BYTES = 3 * 1024 * 1024

// $1 tenant, $2 app, $3 collection, $4 and $5 the conditions.
const FILTER = `d.deleted_at is null
   and ($4::jsonb is null or d.data @> $4::jsonb) and ($5::jsonb is null or store.matches(d.data, $5::jsonb))`

const OWN = `d.tenant_id = $1 and d.app_id = $2 and d.collection = $3 and d.user_id = $9 and ${FILTER}`
const ALL = `d.tenant_id = $1 and d.app_id = $2 and d.collection = $3 and ${FILTER}`
export const COUNT = `
select count(*) as total from store.document d
 where d.tenant_id = $1 and d.app_id = $2 and d.collection = $3 and d.user_id = $6 and ${FILTER}`

export const COUNT_ALL = `
select count(*) as total from store.document d
 where d.tenant_id = $1 and d.app_id = $2 and d.collection = $3 and d.deleted_at is null`

// $6 limit + 1, $7 cursor value, $8 cursor id, $9 user (own pages), $10 field (pages sorted by data).
const SORT = {
  created_at: { key: 'd.created_at', cast: 'timestamptz' },
  updated_at: { key: 'd.updated_at', cast: 'timestamptz' },
  field: { key: 'store.sort_key(d.data, $10::text)', cast: 'jsonb' },
} as const

// A first page starts before everything, and not without a condition: an `or` would keep later pages from the index.
const TIMES = { ascending: '-infinity', descending: 'infinity' } as const
/** Sort value before the first document; sort keys are scalars, which are all below an object. */
export const BEGINNING: Readonly<Record<Order['by'], { readonly ascending: string; readonly descending: string }>> = {
  created_at: TIMES,
  updated_at: TIMES,
  field: { ascending: 'null', descending: '{}' },
}

/**
 * One page after a cursor. The window adds up sizes in page order, so that the page ends before it gets too large
 * and still holds at least one document.
 */
function pageText(order: Pick<Order, 'by' | 'descending'>): string {
  const { key, cast } = SORT[order.by]
  const direction = order.descending ? 'desc' : 'asc'
  const after = order.descending ? '<' : '>'
  return `
select * from (
  select p.*, row_number() over w as place, sum(p.bytes) over w as running, count(*) over () as found from (
    select ${COLUMNS}, d.bytes, ${key} as sort_key from store.document d
     where ${OWN} and (${key}, d.id) ${after} ($7::${cast}, $8::text)
     order by ${key} ${direction}, d.id ${direction} limit $6
  ) p window w as (order by p.sort_key ${direction}, p.id ${direction} rows unbounded preceding)
) sized where place = 1 or running <= ${MAX_PAGE_BYTES} order by place`
}

/** All page statements, made once: constant texts keep their plans on the server. */
export const PAGES: Readonly<Record<Order['by'], { readonly ascending: string; readonly descending: string }>> = {
  created_at: {
    ascending: pageText({ by: 'created_at', descending: false }),
    descending: pageText({ by: 'created_at', descending: true }),
  },
  updated_at: {
    ascending: pageText({ by: 'updated_at', descending: false }),
    descending: pageText({ by: 'updated_at', descending: true }),
  },
  field: {
    ascending: pageText({ by: 'field', descending: false }),
    descending: pageText({ by: 'field', descending: true }),
  },
}

/** The same across users, user by user along the primary key; $7 and $8 are user and id at the cursor. */
export const PAGE_OF_ALL = `
select * from (
  select p.*, row_number() over w as place, sum(p.bytes) over w as running, count(*) over () as found from (
    select ${COLUMNS}, d.bytes from store.document d
     where ${ALL} and (d.user_id, d.id) > ($7::text, $8::text)
     order by d.user_id, d.id limit $6
  ) p window w as (order by p.user_id, p.id rows unbounded preceding)
) sized where place = 1 or running <= ${MAX_PAGE_BYTES} order by place`

const NEXT_USER = `
  from store.document d
 where d.tenant_id = $1 and d.app_id = $2 and ($3::text is null or d.collection = $3) and d.deleted_at is null
   and left(d.user_id, 2) <> '__'`

/** Distinct users by jumping from one to the next along the primary key; reserved ids (`__system__`) are no users. */
export const USERS = `
with recursive users as (
  (select d.user_id ${NEXT_USER} and d.user_id > $4 order by d.user_id limit 1)
  union all
  select (select d.user_id ${NEXT_USER} and d.user_id > u.user_id order by d.user_id limit 1)
    from users u where u.user_id is not null
)
select user_id from users where user_id is not null limit $5`

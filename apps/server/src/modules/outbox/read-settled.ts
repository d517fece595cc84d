import { type Database, EVERY_TENANT } from '../../foundation/db/index.ts'
import { decodePosition, encodePosition, endBefore, type Position } from './position.ts'
import { COLUMNS, type MessageRow, toRecord } from './rows.ts'
import type { SettledPage, SettledQuery } from './types.ts'

// The snapshot that picks the messages also says how far it could see, even when nothing of the type was there.
const read = (names: string | null): string => `
select ${COLUMNS}, pg_snapshot_xmin(pg_current_snapshot())::text as horizon
  from (${names === null ? 'select' : `select array_agg(name) as names from (${names}) wanted (name)`}) one left join lateral (
    select * from outbox.message m
     where (m.xid, m.seq) > ($1::xid8, $2::bigint) and m.xid < pg_snapshot_xmin(pg_current_snapshot()) and m.type = $3
       ${names === null ? '' : "and (m.payload ->> 'event_type' = any (one.names) or (m.payload -> 'aliases')::jsonb ?| one.names)"}
     order by m.xid, m.seq
     limit $4
  ) m on true
 order by m.xid, m.seq`
const READ_ALL = read(null)
const HORIZON = 'select pg_snapshot_xmin(pg_current_snapshot())::text as horizon'

type Row = (MessageRow | { readonly [Column in keyof MessageRow]: null }) & { readonly horizon: string }

async function now(db: Database): Promise<Position> {
  const [result] = await db.atomic(EVERY_TENANT, [{ text: HORIZON, values: [] }])
  return endBefore(result?.rows[0].horizon)
}

const isAfter = (a: Position, b: Position): boolean => {
  const distance = BigInt(a.xid) - BigInt(b.xid) || BigInt(a.seq) - BigInt(b.seq)
  return distance > 0n
}

/** The messages of one type behind a position, for a reader that keeps its place in the database. */
export async function readSettled(db: Database, after: string, options: SettledQuery): Promise<SettledPage> {
  const from = decodePosition(after)
  if (from === null) return { records: [], position: encodePosition(await now(db)) }
  const { type, limit, names } = options
  const text = names === undefined ? READ_ALL : read(names.text)
  const [result] = await db.atomic(EVERY_TENANT, [
    { text, values: [from.xid, from.seq, type, limit, ...(names?.values ?? [])] },
  ])
  const rows = (result?.rows ?? []) as Row[]
  const messages = rows.filter((row) => row.xid !== null)
  const last = messages.length === limit ? messages.at(-1) : undefined
  const end = endBefore(rows[0]?.horizon ?? from.xid)
  // A place beyond the present is that of a database that was replaced by an older copy: what is there now is not it.
  const next = last === undefined ? end : { xid: last.xid, seq: String(last.seq) }
  const isForeign = last === undefined && isAfter(from, end)
  return { records: messages.map(toRecord), position: encodePosition(isForeign ? end : next) }
}

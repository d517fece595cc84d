import { LONG_OVER } from './position.ts'

/*
 * Messages keep their order in a backup and lose their transactions: another database counts those anew, and a message of a
 * transaction that is yet to come would never be passed on. All of them belong to one that is long over there.
 */
const ALL = 'row_number() over (order by m.xid, m.seq)'

/** By the name of the table; see `BackupRules`. */
export const OUTBOX_INSTEAD: Readonly<Record<string, string>> = {
  'outbox.message': `select '${LONG_OVER}'::xid8, ${ALL}, m.tenant_id, m.user_id, m.type, m.payload, m.created_at from outbox.message m`,
  // What clients have seen before is unknown there: they begin anew.
  'outbox.trimmed': `select one, '${LONG_OVER}'::xid8, 0 from outbox.trimmed`,
}

/** A query for the place of a reader, in the form of `Outbox.readSettled`, as it is called in the restored database. */
export const restoredPosition = (position: string): string => `(
  select '${LONG_OVER.toString(16).padStart(16, '0')}-' || lpad(to_hex(count(*)), 16, '0') from outbox.message m
  where lpad(to_hex(m.xid::text::bigint), 16, '0') || '-' || lpad(to_hex(m.seq), 16, '0') <= ${position})`

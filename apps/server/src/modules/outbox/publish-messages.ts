import type { Clock } from '../../foundation/clock.ts'
import type { Statement } from '../../foundation/db/index.ts'
import type { OutboxMessage } from './types.ts'

/** Wakes the relay of every node; the payload says nothing, the table says everything. */
export const MESSAGE_CHANNEL = 'outbox.message'

// One notice per statement, however many rows: PostgreSQL serialises the commits of transactions that notify.
const INSERT_ONE = `
with written as (
  insert into outbox.message (tenant_id, user_id, type, payload, created_at) values ($1, $2, $3, $4, $5) returning xid, seq
)
select xid::text as xid, seq, pg_notify('${MESSAGE_CHANNEL}', '') from written`

const INSERT_MANY = `
with written as (
  insert into outbox.message (tenant_id, user_id, type, payload, created_at)
  select tenant_id, user_id, type, payload::json, $5
    from unnest($1::text[], $2::text[], $3::text[], $4::text[]) with ordinality as m (tenant_id, user_id, type, payload, place)
   order by place
  returning 1
)
select count(*) as messages, pg_notify('${MESSAGE_CHANNEL}', '') from written`

export const publishOne = (clock: Clock, message: OutboxMessage): Statement => ({
  text: INSERT_ONE,
  values: [message.tenantId, message.userId, message.type, JSON.stringify(message.payload), clock.iso()],
})

/** All messages in their order. Messages of several tenants need a transaction that sees every tenant. */
export const publishMany = (clock: Clock, messages: readonly OutboxMessage[]): Statement => ({
  text: INSERT_MANY,
  values: [
    messages.map((message) => message.tenantId),
    messages.map((message) => message.userId),
    messages.map((message) => message.type),
    messages.map((message) => JSON.stringify(message.payload)),
    clock.iso(),
  ],
})

create schema outbox;

-- Messages become visible with the transaction that writes them. (xid, seq) is their order: a reader that stays below
-- the oldest transaction in progress never has to look back.
create table outbox.message (
  xid xid8 not null default pg_current_xact_id(),
  seq bigint generated always as identity,
  tenant_id text not null,
  user_id text,
  type text not null,
  -- json, not jsonb: payloads are only passed on, and json keeps any text.
  payload json not null,
  created_at timestamptz not null,
  primary key (xid, seq)
);
create index message_of_user on outbox.message (tenant_id, user_id, xid, seq);
select foundation.tenant_table('outbox.message');

-- The newest position that the clean-up has removed; ids below it cannot be resumed from.
create table outbox.trimmed (
  one boolean primary key default true check (one),
  xid xid8 not null,
  seq bigint not null
);
insert into outbox.trimmed (xid, seq) values ('0', 0);
select foundation.platform_table('outbox.trimmed');

-- Single-use tickets for the event stream, by the hash of the ticket. Lost in a crash, as they last 30 seconds.
create unlogged table outbox.ticket (
  hash text primary key,
  principal json not null,
  expires_at timestamptz not null
);
create index ticket_by_expiry on outbox.ticket (expires_at);
select foundation.platform_table('outbox.ticket');

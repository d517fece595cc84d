-- First answers of requests that carry an Idempotency-Key, by the hash of caller, address and key.
create table foundation.idempotency (
  scope_hash bytea primary key,
  body_hash bytea not null,
  -- Null: the first request has not been answered yet.
  status integer,
  answer_sealed text,
  started_at timestamptz not null,
  expires_at timestamptz not null
);
create index idempotency_expiry on foundation.idempotency (expires_at);
select foundation.platform_table('foundation.idempotency');

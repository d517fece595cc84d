create schema connections;

-- A consent page that was opened and has not come back yet.
create table connections.attempt (
  tenant_id text not null,
  -- SHA-256 of the nonce in the state; the nonce itself is only in the browser.
  nonce_hash text not null,
  user_id text not null,
  app_id text not null,
  provider text not null,
  verifier text not null,
  created_at timestamptz not null,
  primary key (tenant_id, nonce_hash)
);
create index attempt_by_age on connections.attempt (created_at);
select foundation.tenant_table('connections.attempt');

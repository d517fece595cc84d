create schema state;

-- Values of ctx.cache live five minutes at most; after a crash they are simply missed.
create unlogged table state.cache (
  tenant_id text not null,
  app_id text not null,
  user_id text not null,
  key text not null,
  model text not null,
  -- json, not jsonb: the envelope is only handed back.
  envelope json not null,
  expires_at timestamptz not null,
  primary key (tenant_id, app_id, user_id, key, model)
);
create index cache_by_expiry on state.cache (expires_at);
select foundation.tenant_table('state.cache');

create table state.skeleton (
  tenant_id text not null,
  user_id text not null,
  app_id text not null,
  section text not null,
  data json,
  refreshed_at timestamptz,
  ttl integer not null check (ttl >= 30),
  -- When the next refresh is owed, until when somebody is there to see it, until when a node is at it,
  -- and whether the facts changed since that node began.
  due_at timestamptz not null,
  wanted_until timestamptz not null,
  leased_until timestamptz,
  invalidated boolean not null default false,
  failures integer not null default 0,
  primary key (tenant_id, user_id, app_id, section)
);
create index skeleton_by_due on state.skeleton (due_at);
select foundation.tenant_table('state.skeleton');

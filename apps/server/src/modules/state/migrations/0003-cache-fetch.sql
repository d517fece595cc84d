-- Who fetches a value that is missing (E16): the others of the same key wait for it. After a crash it is fetched anew.
create unlogged table state.cache_fetch (
  tenant_id text not null,
  app_id text not null,
  user_id text not null,
  key text not null,
  model text not null,
  claim text not null,
  until timestamptz not null,
  primary key (tenant_id, app_id, user_id, key, model)
);
select foundation.tenant_table('state.cache_fetch');

-- Keys that seal values, each wrapped by a key that the database never sees. One tenant of its own stands for the installation.
create table foundation.data_key (
  tenant_id text not null,
  key_id text not null,
  wrapped text not null,
  wrapped_by text not null,
  active_from timestamptz not null,
  created_at timestamptz not null default now(),
  primary key (key_id)
);
create index data_key_of_tenant on foundation.data_key (tenant_id, active_from desc);
create index data_key_by_wrapper on foundation.data_key (wrapped_by);
select foundation.tenant_table('foundation.data_key');

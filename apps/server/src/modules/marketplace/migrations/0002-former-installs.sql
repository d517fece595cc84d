-- Apps that users left: their documents and files are kept for 30 days, for whoever comes back (K7.17).
create table marketplace.former_install (
  tenant_id text not null,
  user_id text not null,
  app_id text not null,
  left_at timestamptz not null,
  primary key (tenant_id, user_id, app_id)
);
create index former_install_age on marketplace.former_install (left_at);
select foundation.tenant_table('marketplace.former_install');

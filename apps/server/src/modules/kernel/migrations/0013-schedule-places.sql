-- Where a schedule stands in one tenant: the last due minute that ran there, and the node on which it still runs.
create table kernel.schedule_place (
  tenant_id text not null,
  app_id text not null,
  schedule text not null,
  minute timestamptz not null,
  node_id text,
  primary key (app_id, schedule, tenant_id)
);
create index schedule_place_held on kernel.schedule_place (node_id) where node_id is not null;
create index schedule_place_age on kernel.schedule_place (minute);
select foundation.tenant_table('kernel.schedule_place');

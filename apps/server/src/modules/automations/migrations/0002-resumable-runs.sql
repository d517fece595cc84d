-- A run belongs to the node that renews its lease; another one goes on with it when that has ended, from its last step.
alter table automations.execution
  add column lease_until timestamptz,
  -- How often a node took it.
  add column turns integer not null default 0,
  -- What steps in words said, by their number; what the others gave is kept by the kernel.
  add column texts jsonb not null default '{}';
create index execution_leased on automations.execution (lease_until) where status = 'running';

create schema configuration;

-- What holds in every tenant; an empty app_id means all apps.
create table configuration.platform (
  app_id text primary key,
  config jsonb not null default '{}',
  updated_by text not null,
  updated_at timestamptz not null
);
select foundation.platform_table('configuration.platform');

create table configuration.layer (
  tenant_id text not null,
  scope text not null check (scope in ('tenant', 'user')),
  -- The tenant itself, or the id of a user.
  scope_id text not null,
  app_id text not null,
  config jsonb not null default '{}',
  enforced jsonb not null default '{}',
  role_defaults jsonb not null default '{}',
  updated_by text not null,
  updated_at timestamptz not null,
  primary key (tenant_id, scope, scope_id, app_id),
  check (scope = 'tenant' or (enforced = '{}' and role_defaults = '{}'))
);
select foundation.tenant_table('configuration.layer');

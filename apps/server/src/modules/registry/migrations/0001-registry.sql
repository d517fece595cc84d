create schema registry;
grant usage on schema registry to imperal_app;

-- Apps are facts of the whole installation: who may see a draft follows from its installs, not from a tenant column.
create table registry.app (
  app_id text primary key,
  name text not null,
  short_description text not null default '',
  long_description text not null default '',
  category text not null default 'general',
  icon text not null default '',
  tags jsonb not null default '[]',
  homepage text not null default '',
  license text not null default '',
  status text not null default 'draft'
    check (status in ('draft', 'pending_review', 'active', 'rejected', 'suspended', 'deleted')),
  system boolean not null default false,
  first_party boolean not null default false,
  featured boolean not null default false,
  owner_id text,
  owner_tenant_id text not null,
  pricing_model text not null default 'free' check (pricing_model in ('free', 'per_action', 'subscription')),
  pricing_config jsonb not null default '{}',
  config jsonb not null default '{}',
  settings jsonb not null default '{}',
  live_version text,
  install_count integer not null default 0 check (install_count >= 0),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  published_at timestamptz,
  deleted_at timestamptz,
  search tsvector generated always as (
    setweight(to_tsvector('simple', app_id || ' ' || name), 'A')
    || setweight(to_tsvector('english', name), 'A')
    || setweight(jsonb_to_tsvector('simple', tags, '["string"]'), 'B')
    || setweight(to_tsvector('simple', short_description), 'C')
    || setweight(to_tsvector('english', short_description), 'C')
    || setweight(to_tsvector('english', long_description), 'D')
  ) stored
);
create index app_search on registry.app using gin (search);
create index app_owner on registry.app (owner_id);
create index app_published on registry.app (install_count desc, app_id) where status = 'active' and not system;
select foundation.platform_table('registry.app');

-- Code by the hash of its content: two versions with the same bytes share one row, and a row never changes.
create table registry.artefact (
  hash text primary key,
  bundle text not null,
  source_map text,
  created_at timestamptz not null default now()
);
select foundation.platform_table('registry.artefact');

-- `artefact_hash` is null for a manifest that was pushed without code; such a version never goes live.
create table registry.version (
  app_id text not null references registry.app on delete cascade,
  version text not null,
  manifest jsonb not null,
  extras jsonb not null default '{}',
  artefact_hash text references registry.artefact,
  icon_svg text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (app_id, version)
);
select foundation.platform_table('registry.version');

create table registry.install (
  tenant_id text not null,
  user_id text not null,
  app_id text not null references registry.app on delete cascade,
  installed_at timestamptz not null default now(),
  is_disabled boolean not null default false,
  -- Empty until the install hook has run.
  installed_version text not null default '',
  needs_attention boolean not null default false,
  config jsonb not null default '{}',
  primary key (tenant_id, user_id, app_id)
);
create index install_user on registry.install (user_id);
create index install_app on registry.install (app_id, user_id);
select foundation.tenant_table('registry.install');

-- Lifecycle hooks that still have to run, written in the transaction of what caused them.
create table registry.due_hook (
  id bigint generated always as identity primary key,
  tenant_id text not null,
  user_id text not null,
  app_id text not null,
  hook text not null check (hook in ('on_install', 'on_uninstall', 'on_enable', 'on_disable', 'on_upgrade')),
  from_version text,
  to_version text,
  attempts integer not null default 0,
  next_at timestamptz not null default now(),
  gave_up boolean not null default false,
  last_error text,
  created_at timestamptz not null default now()
);
create index due_hook_next on registry.due_hook (next_at) where not gave_up;
create index due_hook_whose on registry.due_hook (tenant_id, user_id, app_id, id) where not gave_up;
-- A second deploy before the first upgrade ran moves the target instead of queueing twice.
create unique index due_hook_upgrade on registry.due_hook (tenant_id, user_id, app_id)
  where hook = 'on_upgrade' and not gave_up;
select foundation.tenant_table('registry.due_hook');

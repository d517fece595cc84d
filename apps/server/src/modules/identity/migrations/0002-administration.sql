alter table identity.tenant
  add column allowed_auth_methods text not null default 'email,api_key,oidc',
  add column max_connections integer not null default 10 check (max_connections between 1 and 1000),
  -- What administrators set as defaults for the whole tenant (api.md 3.13), by the names of the wire.
  add column defaults jsonb not null default '{}';

alter table identity.role
  -- Apps that a new user with the role gets.
  add column default_extensions text[] not null default '{}';

create table identity.agency (
  tenant_id text not null references identity.tenant,
  agency_id text not null check (agency_id ~ '^[A-Za-z0-9][A-Za-z0-9_-]{2,49}$'),
  display_name text not null,
  domain text,
  settings jsonb not null default '{}',
  theme jsonb not null default '{}',
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, agency_id)
);
create unique index agency_domain on identity.agency (lower(domain)) where domain is not null;
select foundation.tenant_table('identity.agency');

-- Scopes that can be granted. Those of the tenant `_platform_` exist in every tenant.
create table identity.scope (
  id bigint generated always as identity primary key,
  tenant_id text not null,
  name text not null,
  resource text not null,
  action text not null,
  display_name text not null default '',
  description text not null default '',
  source text not null check (source in ('platform', 'tenant', 'extension', 'role', 'user')),
  source_id text,
  is_system boolean not null default false,
  created_at timestamptz not null default now(),
  unique (tenant_id, name)
);
insert into identity.scope (tenant_id, name, resource, action, display_name, source, is_system) values
  ('_platform_', '*', '*', '*', 'Everything', 'platform', true),
  ('_platform_', 'admin:users', 'admin', 'users', 'Administer users', 'platform', true),
  ('_platform_', 'admin:billing', 'admin', 'billing', 'Administer billing', 'platform', true),
  ('_platform_', 'admin:extensions', 'admin', 'extensions', 'Administer extensions', 'platform', true),
  ('_platform_', 'store:read', 'store', 'read', 'Read documents of extensions', 'platform', true),
  ('_platform_', 'store:*', 'store', '*', 'Read and write documents of extensions', 'platform', true),
  ('_platform_', 'storage:read', 'storage', 'read', 'Read files of extensions', 'platform', true),
  ('_platform_', 'storage:*', 'storage', '*', 'Read and write files of extensions', 'platform', true),
  ('_platform_', 'config:read', 'config', 'read', 'Read configuration', 'platform', true),
  ('_platform_', 'ai:complete', 'ai', 'complete', 'Use the model', 'platform', true),
  ('_platform_', 'notify:push', 'notify', 'push', 'Send notifications', 'platform', true),
  ('_platform_', 'billing:read', 'billing', 'read', 'See balance and usage', 'platform', true),
  ('_platform_', 'billing:*', 'billing', '*', 'See and change plan and wallet', 'platform', true),
  ('_platform_', 'extensions:read', 'extensions', 'read', 'Call what reads, in every app', 'platform', true),
  ('_platform_', 'extensions:write', 'extensions', 'write', 'Call what writes, in every app', 'platform', true),
  ('_platform_', 'extensions:destructive', 'extensions', 'destructive', 'Call what cannot be undone, in every app', 'platform', true),
  ('_platform_', 'extensions:*', 'extensions', '*', 'Call every function of every app', 'platform', true),
  ('_platform_', 'voice:use', 'voice', 'use', 'Speak and be spoken to', 'platform', true),
  ('_platform_', 'connectors:use', 'connectors', 'use', 'Use connectors', 'platform', true),
  ('_platform_', 'connections:use', 'connections', 'use', 'Use connections', 'platform', true);

select foundation.tenant_table('identity.scope');

-- What has to happen in other modules after an account came or went; a crash in between leaves the row for the next turn.
create table identity.chore (
  user_id text not null references identity.account on delete cascade,
  tenant_id text not null,
  kind text not null check (kind in ('welcome', 'erase')),
  created_at timestamptz not null,
  attempts integer not null default 0,
  -- Taken by a node until then.
  leased_until timestamptz,
  primary key (user_id, kind)
);
select foundation.tenant_table('identity.chore');

-- Call tokens work once.
create table identity.used_call_token (
  jti_hash bytea primary key,
  expires_at timestamptz not null
);
create index used_call_token_expiry on identity.used_call_token (expires_at);
select foundation.platform_table('identity.used_call_token');

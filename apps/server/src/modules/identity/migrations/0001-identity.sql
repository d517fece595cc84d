create schema identity;

create table identity.tenant (
  tenant_id text primary key check (tenant_id <> '' and tenant_id <> '*'),
  name text not null,
  parent_tenant_id text references identity.tenant,
  is_active boolean not null default true,
  isolation text not null default 'shared' check (isolation in ('shared', 'dedicated')),
  signup_open boolean not null default true,
  features jsonb not null default '{}',
  default_scopes text[] not null default '{}',
  -- Defaults of its users' settings.
  settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
insert into identity.tenant (tenant_id, name) values ('default', 'Default');
select foundation.tenant_table('identity.tenant');

-- Roles of the tenant `_platform_` exist in every tenant; a role of the tenant itself with the same name wins.
create table identity.role (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null,
  name text not null,
  display_name text not null default '',
  default_scopes text[] not null default '{}',
  denied_scopes text[] not null default '{}',
  default_attributes jsonb not null default '{}',
  confirmation_policy text not null default 'default_off'
    check (confirmation_policy in ('enforced', 'default_on', 'default_off', 'disabled')),
  max_concurrent_tasks integer not null default 3 check (max_concurrent_tasks between 1 and 50),
  monthly_action_limit integer not null default 500,
  context_window integer not null default 20,
  is_system boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (tenant_id, name)
);
insert into identity.role (tenant_id, name, display_name, default_scopes, denied_scopes, is_system) values
  ('_platform_', 'admin', 'Administrator', '{*}', '{}', true),
  ('_platform_', 'user', 'User',
   '{store:*,storage:*,ai:complete,notify:push,config:read,billing:*,voice:use,connectors:use,connections:use}', '{}', true),
  ('_platform_', 'viewer', 'Viewer', '{store:read,storage:read,config:read,billing:read}',
   '{extensions:write,extensions:destructive}', true);
select foundation.tenant_table('identity.role');

create table identity.account (
  user_id text primary key check (user_id ~ '^imp_u_[A-Za-z0-9_-]{6,24}$'),
  tenant_id text not null references identity.tenant,
  email text not null check (email = lower(email)),
  -- argon2id in PHC form; null: no password sign-in.
  password_hash text,
  status text not null check (status in ('pending_verification', 'active', 'inactive', 'erased')),
  auth_method text not null default 'email',
  role text not null default 'user',
  scopes text[] not null default '{}',
  denied_scopes text[] not null default '{}',
  attributes jsonb not null default '{}',
  agency_id text,
  org_id text,
  first_name text not null default '',
  last_name text not null default '',
  nickname text check (nickname ~ '^[a-z0-9][a-z0-9_-]{1,28}[a-z0-9]$'),
  cases_user_id bigint,
  developer_tier text check (developer_tier in ('explorer', 'indie', 'studio', 'partner')),
  developer_profile jsonb,
  developer_since timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  verified_at timestamptz,
  last_login_at timestamptz
);
create unique index account_email on identity.account (tenant_id, email) where status <> 'erased';
create unique index account_nickname on identity.account (nickname);
create index account_pending on identity.account (created_at) where status = 'pending_verification';
select foundation.tenant_table('identity.account');

create table identity.user_settings (
  user_id text primary key references identity.account on delete cascade,
  tenant_id text not null,
  settings jsonb not null default '{}',
  -- Key of the user's own model, sealed for this user.
  llm_key_sealed text,
  updated_at timestamptz not null
);
select foundation.tenant_table('identity.user_settings');

create table identity.email_token (
  token_hash bytea primary key,
  tenant_id text not null,
  user_id text not null references identity.account on delete cascade,
  purpose text not null check (purpose in ('verify_email', 'reset_password')),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  -- One token of a purpose at a time: a new one replaces the old.
  unique (user_id, purpose)
);
create index email_token_expiry on identity.email_token (expires_at);
select foundation.tenant_table('identity.email_token');

create table identity.session (
  session_id text primary key,
  tenant_id text not null,
  user_id text not null references identity.account on delete cascade,
  label text not null,
  surface text not null,
  token_use text check (token_use in ('cli')),
  access_seconds integer not null,
  ip_address text,
  user_agent text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  last_seen_at timestamptz not null,
  -- When the newest refresh token ends; never later than `ends_at`.
  idle_ends_at timestamptz not null,
  ends_at timestamptz not null,
  revoked_at timestamptz,
  revoke_reason text
);
create index session_by_user on identity.session (user_id, created_at) where revoked_at is null;
create index session_end on identity.session (idle_ends_at);
select foundation.tenant_table('identity.session');

create table identity.refresh_token (
  token_hash bytea primary key,
  tenant_id text not null,
  session_id text not null references identity.session on delete cascade,
  issued_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  replaced_by bytea,
  -- The successor pair, sealed, for siblings that present the same token within the grace window.
  successor_sealed text
);
create index refresh_token_session on identity.refresh_token (session_id);
select foundation.tenant_table('identity.refresh_token');

create table identity.api_key (
  key_id text primary key,
  tenant_id text not null,
  user_id text not null references identity.account on delete cascade,
  key_hash bytea not null unique,
  key_prefix text not null,
  name text not null,
  scopes text not null,
  created_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index api_key_user on identity.api_key (user_id, created_at) where revoked_at is null;
select foundation.tenant_table('identity.api_key');

-- A device belongs to nobody until somebody approves it.
create table identity.device_login (
  device_hash bytea primary key,
  user_code text not null unique,
  code_challenge text not null,
  client_name text not null,
  surface text not null,
  ip_address text,
  user_agent text,
  status text not null check (status in ('pending', 'approved', 'denied', 'consumed', 'dead')),
  poll_seconds integer not null,
  polled_at timestamptz,
  wrong_verifiers integer not null default 0,
  tenant_id text,
  user_id text references identity.account on delete cascade,
  label text,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index device_login_expiry on identity.device_login (expires_at);
select foundation.platform_table('identity.device_login');

create table identity.cli_code (
  code_hash bytea primary key,
  tenant_id text not null,
  user_id text not null references identity.account on delete cascade,
  code_challenge text not null,
  redirect_uri text not null,
  expires_at timestamptz not null
);
select foundation.tenant_table('identity.cli_code');

create table identity.signing_key (
  kid text primary key,
  public_jwk jsonb not null,
  private_sealed text not null,
  created_at timestamptz not null,
  signs_from timestamptz not null
);
select foundation.platform_table('identity.signing_key');

-- Counted tries of things that must not be guessed. The subject is a hash: addresses of strangers are not kept.
create table identity.attempt (
  purpose text not null,
  subject_hash bytea not null,
  window_started_at timestamptz not null,
  tries integer not null,
  locks integer not null default 0,
  locked_until timestamptz,
  primary key (purpose, subject_hash)
);
create index attempt_age on identity.attempt (window_started_at);
select foundation.platform_table('identity.attempt');

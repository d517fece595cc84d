create schema developer;
grant usage on schema developer to imperal_app;

-- What the portal knows of an app beside the registry's record: where its source lies and how its review went.
create table developer.portal_app (
  app_id text primary key,
  tenant_id text not null,
  git_url text not null default '',
  submitted_at timestamptz,
  checks jsonb not null default '[]',
  reviewed_at timestamptz,
  reviewed_by text,
  reject_reason text,
  -- Content of the version that was approved last: a paused app that did not change needs no second review.
  approved_hash text,
  suspended_by text check (suspended_by in ('developer', 'admin'))
);
create index portal_app_submitted on developer.portal_app (submitted_at);
select foundation.tenant_table('developer.portal_app');

create table developer.deploy (
  deploy_id text primary key,
  -- Order of deploys; two may begin in the same millisecond.
  seq bigint not null generated always as identity,
  tenant_id text not null,
  app_id text not null,
  user_id text not null,
  version text not null,
  changelog text not null default '',
  status text not null check (status in ('pending', 'validating', 'live', 'failed', 'cancelled', 'success', 'warning')),
  -- `upload` waits for code, `queued` for its turn, the others say what is being done.
  stage text check (stage in ('upload', 'queued', 'validate', 'load', 'publish')),
  report jsonb,
  error_message text,
  commit_sha text,
  content_hash text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  finished_at timestamptz,
  deployed_at timestamptz
);
create index deploy_app on developer.deploy (app_id, seq desc);
-- One open deploy per app, also when two nodes begin one at the same moment.
create unique index deploy_open on developer.deploy (app_id) where status in ('pending', 'validating');
select foundation.tenant_table('developer.deploy');

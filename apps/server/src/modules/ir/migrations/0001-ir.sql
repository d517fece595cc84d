create schema ir;
grant usage on schema ir to imperal_app;

-- Every deploy of a declarative app. The source is what the author sent; the normal form is what runs.
create table ir.revision (
  app_id text not null,
  revision integer not null check (revision > 0),
  tenant_id text not null,
  -- In compact JSON, not as jsonb, which forgets the order of members.
  source text not null,
  normal text not null,
  sha256 text not null,
  -- Names the version's content in the registry, to tell whether it is still this revision that is live there.
  artefact_hash text not null,
  format_version text not null,
  app_version text not null,
  migrated_from text,
  -- A rollback brings back the content of an earlier revision.
  content_of integer,
  previous integer,
  issues jsonb not null default '[]',
  created_by text not null,
  created_at timestamptz not null,
  primary key (app_id, revision)
);
select foundation.tenant_table('ir.revision');

create table ir.active (
  app_id text primary key,
  tenant_id text not null,
  revision integer not null,
  activated_at timestamptz not null
);
select foundation.tenant_table('ir.active');

-- What calls did, step by step: failures, changes, and some reads. Ids only; who called is in the ledger.
create table ir.run (
  id bigint not null generated always as identity primary key,
  tenant_id text not null,
  app_id text not null,
  artefact_hash text not null,
  function text not null,
  status text not null check (status in ('success', 'error')),
  error_code text,
  step text,
  path jsonb not null,
  affected jsonb not null,
  duration_ms integer not null,
  call_id text not null,
  trace_id text not null,
  created_at timestamptz not null
);
create index run_app on ir.run (app_id, id desc);
create index run_age on ir.run (created_at);
select foundation.tenant_table('ir.run');

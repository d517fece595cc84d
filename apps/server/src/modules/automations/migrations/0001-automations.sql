create schema automations;

-- A rule: if this happens, then do that (kernel 6.4).
create table automations.rule (
  rule_id bigint generated always as identity primary key,
  tenant_id text not null,
  user_id text not null,
  name text not null,
  prompt text not null,
  interpretation text not null,
  event_type text not null,
  cron text,
  zone text not null,
  conditions jsonb not null,
  condition_words text,
  actions jsonb not null,
  -- Scopes of the credential that made it, when that allowed less than its user may.
  limited_to jsonb,
  cooldown_seconds integer not null,
  max_per_hour integer not null,
  max_iterations integer not null,
  notify_mode text not null check (notify_mode in ('all', 'failures', 'off')),
  status text not null check (status in ('active', 'paused', 'error')),
  status_reason text,
  -- Whether an action is destructive, and the digest of the actions to which the owner agreed.
  destructive boolean not null,
  approved_digest text,
  trigger_count integer not null default 0,
  success_count integer not null default 0,
  failure_count integer not null default 0,
  failures_in_row integer not null default 0,
  skipped jsonb not null default '{}',
  last_skipped_at timestamptz,
  last_triggered_at timestamptz,
  last_error text,
  next_due_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index rule_of_user on automations.rule (tenant_id, user_id, rule_id);
create index rule_waiting on automations.rule (tenant_id, user_id, event_type) where status = 'active';
create index rule_due on automations.rule (next_due_at) where status = 'active' and next_due_at is not null;
select foundation.tenant_table('automations.rule');

-- One run of a rule (kernel 6.5). `cause` is what it runs for, so that nothing makes it run twice for the same.
create table automations.execution (
  execution_id text primary key collate "C",
  rule_id bigint not null references automations.rule on delete cascade,
  tenant_id text not null,
  user_id text not null,
  cause text not null,
  attempt integer not null,
  parent_execution_id text,
  status text not null check (status in ('triggered', 'running', 'completed', 'failed', 'cancelled')),
  -- Carried out by a service, which tells what became of it.
  external boolean not null default false,
  -- As it was said: the order of its members is that in which they are shown.
  event json not null,
  trace_id text not null,
  -- The turn that holds it; what an older turn still writes is refused.
  run_id text,
  due_at timestamptz not null,
  timeout_at timestamptz,
  steps jsonb not null default '[]',
  -- A step that is no read has begun: it must not be repeated.
  changed boolean not null default false,
  result text,
  error text,
  error_text text,
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  unique (rule_id, cause, attempt)
);
create index execution_of_rule on automations.execution (rule_id, execution_id);
create index execution_of_user on automations.execution (tenant_id, user_id, created_at);
create index execution_open on automations.execution (status, due_at) where status in ('triggered', 'running');
create index execution_age on automations.execution (created_at);
select foundation.tenant_table('automations.execution');

-- How far events were looked at for rules, in the whole installation. No place means: from now on.
create table automations.event_cursor (
  only_row boolean primary key default true check (only_row),
  position text not null
);
insert into automations.event_cursor (position) values ('');
select foundation.platform_table('automations.event_cursor');

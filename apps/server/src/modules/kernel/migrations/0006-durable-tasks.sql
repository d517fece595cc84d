-- A task outlives the process that began it: what is needed to run it again, to tell its result once, and to know whose it is.
alter table kernel.task
  alter column node_id drop not null,
  add column source text not null default 'api',
  add column trace_id text not null default '',
  add column conversation_id text,
  -- Pass of the corridor that works on it now. Each attempt is a pass of its own.
  add column call_id text,
  add column attempt integer not null default 1,
  -- The stored call, for whichever node takes it; null for work that lives in the process which began it.
  add column work jsonb,
  add column error_code text,
  -- What the chat is to be told at the end, and when it was.
  add column result jsonb,
  add column delivered_at timestamptz,
  add column deadline_at timestamptz,
  add column heartbeat_at timestamptz,
  add column heartbeat_count integer not null default 0,
  add column promoted_at timestamptz;

drop index kernel.task_running;
create index task_unfinished on kernel.task (tenant_id, user_id) where status in ('queued', 'running');
create index task_of_app on kernel.task (tenant_id, app_id) where status = 'running';
create index task_untold on kernel.task (finished_at) where finished_at is not null and delivered_at is null;
create index task_over on kernel.task (finished_at) where finished_at is not null;

-- Tasks of before were told when they ended.
update kernel.task set delivered_at = finished_at where finished_at is not null;

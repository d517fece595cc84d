create schema kernel;
create schema ledger;

-- Processes that run calls. A node whose heartbeat is old is dead, and its open calls are nobody's.
create table kernel.node (
  node_id text primary key,
  started_at timestamptz not null default now(),
  heartbeat_at timestamptz not null default now()
);
select foundation.platform_table('kernel.node');

-- A call that has had an effect and is not in the ledger yet. `draft` is the ledger row as far as it is known.
create table kernel.open_call (
  call_id text primary key,
  tenant_id text not null,
  node_id text not null,
  draft jsonb not null
);
create index open_call_node on kernel.open_call (node_id);
select foundation.tenant_table('kernel.open_call');

-- The action ledger: one row for every pass through the corridor (kernel 11.1).
create table ledger.action (
  call_id text primary key,
  tenant_id text not null,
  user_id text not null,
  agency_id text,
  trace_id text not null,
  chain_id text,
  step_id text,
  parent_task_id text,
  conversation_id text,
  source text not null,
  actor_kind text not null,
  app_id text not null,
  function text not null,
  action_type text not null,
  status text not null check (status in
    ('success', 'failed', 'validation_rejected', 'cancelled', 'denied', 'intercepted', 'skipped', 'timed_out', 'unknown')),
  error_code text,
  args jsonb not null,
  message_preview text,
  result_preview text,
  confirmation text not null check (confirmation in
    ('user_accepted', 'user_cancelled', 'expired', 'not_required', 'pre_authorised', 'bypassed', 'required')),
  confirmation_id text,
  event_type text,
  event_id text,
  retention_class text not null check (retention_class in ('federal_7y', 'standard_90d', 'security_forever')),
  duration_ms integer not null,
  facts jsonb not null,
  received_at timestamptz not null,
  completed_at timestamptz not null,
  -- Orders rows by the transaction that wrote them: below the oldest running transaction nothing can appear any more.
  xid xid8 not null default pg_current_xact_id()
);
create index action_of_user on ledger.action (tenant_id, user_id, call_id);
create index action_trace on ledger.action (trace_id);
create index action_sealing on ledger.action (xid, call_id);
select foundation.insert_only_table('ledger.action');

-- Hash chain of each tenant, made after the fact so that writing calls never wait for one another (decision 4).
create table ledger.seal (
  tenant_id text not null,
  position bigint not null,
  call_id text not null unique,
  prev_hash bytea,
  row_hash bytea not null,
  sealed_at timestamptz not null default now(),
  primary key (tenant_id, position)
);
select foundation.insert_only_table('ledger.seal');
revoke insert on ledger.seal from imperal_app;

create table ledger.seal_cursor (
  only_row boolean primary key default true check (only_row),
  xid xid8 not null,
  call_id text not null
);
insert into ledger.seal_cursor (xid, call_id) values ('0', '');

-- The sealed text of a row. Never change it: a row of another shape gets a function of its own.
create function ledger.sealed_text(a ledger.action) returns text language sql stable set timezone = 'UTC' as $$
  select jsonb_build_array(a.call_id, a.tenant_id, a.user_id, a.agency_id, a.trace_id, a.chain_id, a.step_id, a.parent_task_id,
    a.conversation_id, a.source, a.actor_kind, a.app_id, a.function, a.action_type, a.status, a.error_code, a.args,
    a.message_preview, a.result_preview, a.confirmation, a.confirmation_id, a.event_type, a.event_id, a.retention_class,
    a.duration_ms, a.facts, a.received_at, a.completed_at)::text
$$;

create function ledger.row_hash(prev bytea, a ledger.action) returns bytea language sql stable as $$
  select sha256(coalesce(prev, ''::bytea) || convert_to(ledger.sealed_text(a), 'UTF8'))
$$;

-- Appends up to `batch` finished rows to the chains of their tenants. Runs as the owner: the application cannot write seals.
create function ledger.seal_rows(batch integer) returns integer language plpgsql security definer
  set search_path = pg_catalog, pg_temp as $$
declare
  horizon constant xid8 := pg_snapshot_xmin(pg_current_snapshot());
  outer_tenant constant text := current_setting('imperal.tenant', true);
  done integer := 0;
  cur ledger.seal_cursor;
  head ledger.seal;
  a ledger.action;
begin
  if not pg_try_advisory_xact_lock(4780000002) then return 0; end if;
  perform set_config('imperal.tenant', '*', true);
  select * into cur from ledger.seal_cursor for update;
  for a in select * from ledger.action x where (x.xid, x.call_id) > (cur.xid, cur.call_id) and x.xid < horizon
    order by x.xid, x.call_id limit batch
  loop
    head := null;
    select * into head from ledger.seal s where s.tenant_id = a.tenant_id order by s.position desc limit 1;
    insert into ledger.seal (tenant_id, position, call_id, prev_hash, row_hash)
      values (a.tenant_id, coalesce(head.position, 0) + 1, a.call_id, head.row_hash, ledger.row_hash(head.row_hash, a));
    update ledger.seal_cursor set xid = a.xid, call_id = a.call_id;
    done := done + 1;
  end loop;
  perform set_config('imperal.tenant', coalesce(outer_tenant, ''), true);
  return done;
end $$;
revoke all on function ledger.seal_rows(integer) from public;
grant execute on function ledger.seal_rows(integer) to imperal_app;

-- Two-step confirmations. `calls` keeps the arguments as text, so that what runs is what was shown, byte for byte.
create table kernel.confirmation (
  confirmation_id text primary key,
  tenant_id text not null,
  user_id text not null,
  status text not null default 'pending' check (status in
    ('pending', 'confirmed', 'executing', 'executed', 'cancelled', 'expired', 'failed')),
  kind text not null default 'action',
  source text not null,
  app_id text not null,
  title text not null,
  message text not null,
  items jsonb not null,
  calls jsonb not null,
  trace_id text not null,
  chain_id text,
  conversation_id text,
  message_preview text,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  decided_at timestamptz,
  decided_via text,
  results jsonb
);
create index confirmation_waiting on kernel.confirmation (tenant_id, user_id) where status = 'pending';
create index confirmation_expiry on kernel.confirmation (expires_at) where status = 'pending';
select foundation.tenant_table('kernel.confirmation');

-- Work that goes on after its call was answered.
create table kernel.task (
  task_id text primary key,
  tenant_id text not null,
  user_id text not null,
  app_id text not null,
  function text not null,
  title text not null,
  kind text not null check (kind in ('background', 'chat', 'deploy', 'automation')),
  status text not null check (status in ('queued', 'running', 'done', 'failed', 'cancelled', 'timed_out')),
  progress real,
  message text,
  result_preview text,
  error text,
  chain_id text,
  node_id text not null,
  cancel_requested boolean not null default false,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz
);
create index task_of_user on kernel.task (tenant_id, user_id, created_at desc);
create index task_running on kernel.task (node_id) where status = 'running';
select foundation.tenant_table('kernel.task');

-- One fire per schedule and due minute in the whole installation (SCHED-EXT-I1).
create table kernel.schedule_run (
  app_id text not null,
  schedule text not null,
  minute timestamptz not null,
  node_id text not null,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  status text,
  primary key (app_id, schedule, minute)
);
select foundation.platform_table('kernel.schedule_run');

-- The last health check of each app.
create table kernel.health (
  app_id text primary key,
  version text not null,
  status text not null check (status in ('ok', 'degraded', 'unhealthy', 'unknown')),
  message text not null default '',
  details jsonb not null default '{}',
  latency_ms integer,
  failures integer not null default 0,
  checked_at timestamptz not null default now()
);
select foundation.platform_table('kernel.health');

create schema coding;

-- A coding session of one user (api.md 3.22): the loop runs here, its tools run in a terminal.
create table coding.session (
  tenant_id text not null,
  user_id text not null,
  session_id text not null,
  kind text not null check (kind in ('coding', 'marathon')),
  slot text,
  label text not null default '',
  status text not null default 'idle' check (status in ('idle', 'running', 'parked')),
  parked_reason text check (parked_reason in ('consent', 'out_of_credits', 'terminal_offline')),
  parked_at timestamptz,
  -- The turn that runs or waits; null when none does.
  task_id text,
  context jsonb not null default '{}',
  todos jsonb not null default '[]',
  milestones jsonb not null default '[]',
  applied_mode text not null default 'default' check (applied_mode in ('default', 'plan', 'autopilot')),
  requested_mode text check (requested_mode in ('default', 'plan', 'autopilot')),
  requested_surface text,
  remote_enabled boolean not null default false,
  mirror text[] not null default '{}',
  steer text[] not null default '{}',
  terminal_seen_at timestamptz,
  -- What of the thread is folded into `summary`: messages up to this position.
  folded_position bigint not null default 0,
  summary text,
  -- Credits that turns have cost beyond what the wallet had.
  owed bigint not null default 0 check (owed >= 0),
  -- Whoever works on it, until when; a node that is gone loses it.
  lease_until timestamptz,
  attempt integer not null default 0,
  started_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, user_id, session_id),
  check ((status = 'parked') = (parked_reason is not null)),
  check ((task_id is not null) = (status = 'running' or (status = 'parked' and parked_reason <> 'out_of_credits')))
);
create index session_work on coding.session (lease_until) where status = 'running';
create index session_parked on coding.session (parked_at) where status = 'parked';
select foundation.tenant_table('coding.session');

create table coding.turn (
  task_id text primary key,
  tenant_id text not null,
  user_id text not null,
  session_id text not null,
  steer_iid text not null,
  title text not null,
  origin text not null,
  goal text,
  -- What the credential allows that began it; null: everything.
  limited_to text[],
  status text not null default 'running' check (status in ('running', 'done', 'paused', 'stopped', 'failed')),
  -- Last frame before it.
  began_after bigint not null default 0,
  rounds integer not null default 0,
  nudges integer not null default 0,
  -- By model: tokens in and out of the installation's models; and how many tokens in all.
  uses jsonb not null default '{}',
  tokens bigint not null default 0,
  credits bigint not null default 0,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  unique (tenant_id, user_id, session_id, steer_iid),
  foreign key (tenant_id, user_id, session_id) references coding.session on delete cascade
);
create index turn_open on coding.turn (tenant_id, user_id) where ended_at is null;
select foundation.tenant_table('coding.turn');

-- What the stream says, for a day (api.md 6.4). The id on the wire is `<milliseconds>-<position>`.
create table coding.frame (
  position bigint generated always as identity primary key,
  tenant_id text not null,
  user_id text not null,
  session_id text not null,
  frame jsonb not null,
  created_at timestamptz not null default now(),
  foreign key (tenant_id, user_id, session_id) references coding.session on delete cascade
);
create index frame_of_session on coding.frame (tenant_id, user_id, session_id, position);
create index frame_age on coding.frame (created_at);
select foundation.tenant_table('coding.frame');

create table coding.message (
  position bigint generated always as identity primary key,
  tenant_id text not null,
  user_id text not null,
  session_id text not null,
  task_id text not null,
  role text not null check (role in ('user', 'assistant')),
  content jsonb not null,
  surface text not null,
  created_at timestamptz not null default now(),
  foreign key (tenant_id, user_id, session_id) references coding.session on delete cascade
);
create index message_of_session on coding.message (tenant_id, user_id, session_id, position);
select foundation.tenant_table('coding.message');

-- Instructions that no turn has read yet, and those of the last day that a turn took, a terminal was handed, or somebody took back.
create table coding.steer (
  position bigint generated always as identity,
  tenant_id text not null,
  user_id text not null,
  session_id text not null,
  iid text not null,
  text text not null,
  surface text not null,
  state text not null default 'waiting' check (state in ('waiting', 'taken', 'handed', 'dropped')),
  created_at timestamptz not null default now(),
  primary key (tenant_id, user_id, session_id, iid),
  foreign key (tenant_id, user_id, session_id) references coding.session on delete cascade
);
create index steer_age on coding.steer (created_at);
select foundation.tenant_table('coding.steer');

-- One tool call of the model.
create table coding.step (
  position bigint generated always as identity,
  step_id text primary key,
  tenant_id text not null,
  user_id text not null,
  session_id text not null,
  task_id text not null,
  tool_use_id text not null,
  kind text not null check (kind in ('local_tool', 'ext_tool', 'own')),
  app_id text not null,
  tool text not null,
  -- As given; emptied when the step is over.
  args jsonb not null,
  state text not null default 'queued' check (state in ('queued', 'open', 'done')),
  ok boolean,
  content text,
  -- The thread holds its result.
  told boolean not null default false,
  trace_id text not null,
  -- Masked and shortened, for whoever looks at the step later.
  args_preview text not null default '',
  args_bytes integer not null default 0,
  result_preview text not null default '',
  result_bytes integer not null default 0,
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  foreign key (tenant_id, user_id, session_id) references coding.session on delete cascade
);
create index step_of_turn on coding.step (task_id, position);
create index step_age on coding.step (started_at);
select foundation.tenant_table('coding.step');

-- What the terminal, or the person at it, is asked for.
create table coding.request (
  position bigint generated always as identity,
  req_id text primary key,
  tenant_id text not null,
  user_id text not null,
  session_id text not null,
  task_id text not null,
  step_id text not null references coding.step on delete cascade,
  kind text not null check (kind in ('consent', 'tool')),
  app_id text not null,
  tool text not null,
  args jsonb not null,
  summary text not null,
  -- A card of the platform that the answer decides.
  confirmation_id text,
  state text not null default 'open' check (state in ('open', 'answered', 'void')),
  result jsonb,
  -- Its newest frame.
  frame_position bigint not null,
  created_at timestamptz not null default now(),
  answered_at timestamptz
);
create index request_of_step on coding.request (step_id, position);
create unique index request_open on coding.request (tenant_id, user_id, session_id) where state = 'open';
select foundation.tenant_table('coding.request');

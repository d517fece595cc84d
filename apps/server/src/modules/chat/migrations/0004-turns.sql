-- One row per message that a person sent: where its turn stands (kernel 1.2). A node works on it under a lease; every step of
-- its plan is a row of its own, so that whoever takes over goes on behind the last one that is done (K1.3).
create table chat.turn (
  turn_id text primary key,
  tenant_id text not null,
  user_id text not null,
  conversation_id text not null,
  -- Order of arrival; turns of one conversation run in it (K1.2).
  position bigint generated always as identity,
  message_id text not null,
  reply_id text not null,
  state text not null default 'QUEUED' check (state in ('QUEUED', 'RESOLVED', 'CLASSIFIED', 'PLANNED', 'RUNNING', 'VERIFYING',
    'NARRATING', 'DELIVERED', 'AWAITING_CONFIRMATION', 'PROMOTED', 'CLARIFYING', 'NAVIGATING',
    'CLOSED', 'CANCELLED', 'EXPIRED', 'FAILED', 'REFUSED')),
  trace_id text not null,
  -- What was asked: text, surface, open app, what the credential allows.
  request jsonb not null,
  -- What was understood; null until then.
  plan jsonb,
  language text,
  -- The card that the turn waits for.
  confirmation_id text,
  attempt integer not null default 0,
  node_id text,
  lease_until timestamptz,
  cancel_requested boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  ended_at timestamptz
);
create index turn_order on chat.turn (tenant_id, user_id, conversation_id, position) where ended_at is null;
create index turn_open on chat.turn (position) where ended_at is null;
create index turn_confirmation on chat.turn (confirmation_id) where confirmation_id is not null;
create index turn_reply on chat.turn (tenant_id, reply_id);
create index turn_over on chat.turn (ended_at) where ended_at is not null;
select foundation.tenant_table('chat.turn');

create table chat.turn_step (
  tenant_id text not null,
  turn_id text not null references chat.turn on delete cascade,
  step_no integer not null,
  -- Place in the fan-out of the step; 0 for a step of one call.
  item_no integer not null default 0,
  state text not null check (state in ('running', 'waiting', 'done', 'skipped')),
  -- Pass of the corridor that runs it, new for each attempt.
  call_id text,
  args jsonb not null default '{}',
  outcome jsonb,
  -- Why it was skipped.
  reason text,
  -- A message of the conversation has told it.
  told boolean not null default false,
  primary key (turn_id, step_no, item_no)
);
select foundation.tenant_table('chat.turn_step');

-- What the assistant remembers of a user between turns: K1.10 and the last language.
create table chat.session (
  tenant_id text not null,
  user_id text not null,
  hint jsonb,
  hint_at timestamptz,
  language text,
  language_at timestamptz,
  primary key (tenant_id, user_id)
);
select foundation.tenant_table('chat.session');

create schema chat;
create table chat.conversation (
  tenant_id text not null,
  user_id text not null,
  conversation_id text not null,
  title text not null default '',
  updated_at timestamptz not null default now(),
  primary key (tenant_id, user_id, conversation_id)
);
select foundation.tenant_table('chat.conversation');
create table chat.message (
  tenant_id text not null,
  user_id text not null,
  conversation_id text not null,
  message_id text not null,
  -- Position inside the installation; pages go by it.
  position bigint generated always as identity,
  role text not null check (role in ('user', 'assistant')),
  text text not null default '',
  type text not null default 'response',
  status text not null check (status in ('processing', 'done', 'failed', 'cancelled')),
  status_text text,
  surface text not null default 'panel',
  app_id text,
  ui jsonb,
  pick_list jsonb not null default '[]',
  confirmation_id text,
  actions jsonb not null default '[]',
  -- Exact results of the turn's calls: what later turns may refer to.
  facts jsonb not null default '[]',
  client_msg_id text,
  reply_to text,
  created_at timestamptz not null default now(),
  primary key (tenant_id, user_id, message_id)
);
create unique index message_client on chat.message (tenant_id, user_id, conversation_id, client_msg_id) where client_msg_id is not null;
create index message_page on chat.message (tenant_id, user_id, conversation_id, position desc);
create index message_open on chat.message (created_at) where status = 'processing';
create index message_confirmation on chat.message (confirmation_id) where confirmation_id is not null;
select foundation.tenant_table('chat.message');

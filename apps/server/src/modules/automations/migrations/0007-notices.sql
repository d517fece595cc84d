-- What the owner of a rule has yet to be told: written with the end or the stop that it is about, removed when it is said.
create table automations.notice (
  notice_id text primary key,
  rule_id bigint not null references automations.rule on delete cascade,
  tenant_id text not null,
  user_id text not null,
  title text not null,
  body text not null,
  priority text not null check (priority in ('normal', 'high')),
  -- In the bell already; what is left is the chat.
  is_rung boolean not null default false,
  created_at timestamptz not null,
  -- When whoever looks for what was left untold takes it.
  due_at timestamptz not null
);
create index notice_due on automations.notice (due_at);
create index notice_rule on automations.notice (rule_id);
select foundation.tenant_table('automations.notice');

-- What administrators set; one row. Keys are sealed.
create table llm.config (
  only_one boolean primary key default true check (only_one),
  config jsonb not null,
  sealed_keys jsonb not null default '{}',
  updated_at timestamptz not null default now()
);
select foundation.platform_table('llm.config');
-- Budgets that were told, each once a month.
create table llm.alert (
  scope text not null,
  month text not null,
  percent integer not null,
  told_at timestamptz not null default now(),
  primary key (scope, month, percent)
);
select foundation.platform_table('llm.alert');
create index usage_by_day on llm.usage (created_at);

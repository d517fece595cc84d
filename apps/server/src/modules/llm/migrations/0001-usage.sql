create schema llm;
create table llm.usage (
  id bigint generated always as identity primary key,
  tenant_id text not null,
  user_id text not null,
  app_id text,
  purpose text not null,
  provider text not null,
  model text not null,
  input_tokens integer not null,
  output_tokens integer not null,
  latency_ms integer not null,
  is_own_key boolean not null,
  error text,
  created_at timestamptz not null default now()
);
create index usage_by_user on llm.usage (tenant_id, user_id, created_at);
select foundation.insert_only_table('llm.usage');

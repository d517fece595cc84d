create schema audit;

-- The security and administration log. Rows are facts: the application may add and read them, nothing else.
create table audit.entry (
  id text primary key,
  tenant_id text not null,
  created_at timestamptz not null,
  actor_id text not null,
  actor_type text not null check (actor_type in ('user', 'service', 'system', 'anonymous')),
  user_id text,
  action text not null,
  target_type text,
  target_id text,
  source text not null,
  ip_address text,
  -- json, not jsonb: it keeps any text that arrives, so no row is lost to a character that jsonb refuses.
  changes json,
  metadata json,
  before_state json,
  after_state json,
  status text not null,
  request_id text,
  retention_class text not null check (retention_class in ('federal_7y', 'standard_90d', 'security_forever'))
);
create index entry_by_time on audit.entry (created_at desc, id desc);
create index entry_of_tenant on audit.entry (tenant_id, created_at desc, id desc);
select foundation.insert_only_table('audit.entry');

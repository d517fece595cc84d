-- What a request belongs to, and whether another model had failed before it (K9.5).
alter table llm.usage
  add trace_id text,
  add is_failover boolean not null default false;

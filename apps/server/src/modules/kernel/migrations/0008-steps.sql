-- What came of a call that is a step of durable work, kept in the transaction of its ledger row: whoever goes on with the
-- work after a crash finds it here and never runs the step twice (K1.3).
create table kernel.kept_outcome (
  call_id text primary key,
  tenant_id text not null,
  outcome jsonb not null,
  kept_at timestamptz not null default now()
);
create index kept_outcome_age on kernel.kept_outcome (kept_at);
select foundation.tenant_table('kernel.kept_outcome');

-- The node that runs an accepted confirmation, the pass of each of its calls, and what came of them.
alter table kernel.confirmation
  add column node_id text,
  add column call_ids jsonb,
  add column outcomes jsonb;

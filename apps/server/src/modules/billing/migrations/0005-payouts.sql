-- Credits that a developer asked to be paid. Where they are meanwhile is in the ledger: `developer:` before, `payout:` from
-- the request on, `paid_out` in the end.
create table billing.payout (
  id bigint generated always as identity primary key,
  tenant_id text not null,
  user_id text not null,
  amount bigint not null check (amount > 0),
  -- Fixed at the request, so that a change of the rate does not change what was promised.
  amount_usd text not null,
  status text not null default 'pending' check (status in ('pending', 'approved', 'paid', 'rejected')),
  method text not null,
  notes text not null default '',
  admin_note text,
  decided_by text,
  requested_at timestamptz not null,
  processed_at timestamptz,
  paid_at timestamptz
);
-- One request of a developer waits at a time.
create unique index payout_waiting on billing.payout (user_id) where status = 'pending';
create index payout_of_user on billing.payout (user_id, id desc);
select foundation.tenant_table('billing.payout');

create schema billing;

-- The balance is what the entries of the user's account add up to, kept here for reading.
create table billing.wallet (
  tenant_id text not null,
  user_id text not null,
  balance bigint not null check (balance >= 0),
  plan text not null,
  status text not null,
  cap bigint not null check (cap >= 0),
  included_tokens bigint not null check (included_tokens >= 0),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, user_id)
);
select foundation.tenant_table('billing.wallet');

-- Double entry in whole credits: the entries of a transaction add up to zero, and are never changed.
create table billing.entry (
  id text primary key,
  tenant_id text not null,
  transaction_id text not null,
  account text not null,
  amount bigint not null check (amount <> 0),
  reason text not null check (reason in ('action', 'topup', 'commission', 'adjustment', 'refund', 'plan_credit', 'bonus')),
  app_id text,
  description text not null,
  -- Repeating an event has no effect.
  event_id text not null check (length(event_id) <= 64),
  created_at timestamptz not null,
  unique (tenant_id, event_id)
);
create index entry_of_account on billing.entry (tenant_id, account, created_at desc, id desc);
create index entry_of_transaction on billing.entry (tenant_id, transaction_id);
select foundation.insert_only_table('billing.entry');

create function billing.check_balanced() returns trigger language plpgsql as $$
begin
  if (select sum(amount) from billing.entry where tenant_id = new.tenant_id and transaction_id = new.transaction_id) <> 0 then
    raise exception 'the entries of transaction % do not add up to zero', new.transaction_id using errcode = 'check_violation';
  end if;
  return null;
end $$;
create constraint trigger entry_balanced after insert on billing.entry
  deferrable initially deferred for each row execute function billing.check_balanced();

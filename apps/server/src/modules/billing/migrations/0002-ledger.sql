-- What the entries of a wallet add up to, and what its holds keep back, are kept by triggers alone: the application may
-- not write the figures, so they cannot differ from the rows that they come from.
alter table billing.wallet
  alter balance set default 0,
  add held bigint not null default 0 check (held >= 0),
  -- The part of the balance that the plan gave and that ends with its period; it is spent first.
  add plan_credits bigint not null default 0 check (plan_credits >= 0),
  add constraint wallet_available check (held <= balance),
  add constraint wallet_plan_credits check (plan_credits <= balance);
update billing.wallet set plan_credits = least(balance, included_tokens);
revoke insert, update, delete on billing.wallet from imperal_app;
grant insert (tenant_id, user_id, plan, status, cap, included_tokens, created_at, updated_at) on billing.wallet to imperal_app;
grant update (plan, status, cap, included_tokens, updated_at) on billing.wallet to imperal_app;

alter table billing.entry
  add seq bigint generated always as identity,
  drop constraint entry_reason_check,
  add constraint entry_reason_check
    check (reason in ('action', 'topup', 'commission', 'adjustment', 'refund', 'plan_credit', 'bonus', 'payout'));
create unique index entry_seq on billing.entry (seq);
drop index billing.entry_of_account;
create index entry_of_account on billing.entry (tenant_id, account, seq desc);
-- What developers have earned, in all tenants together.
create index entry_of_developer on billing.entry (account, created_at) where account like 'developer:%' or account like 'payout:%';
create index entry_of_app on billing.entry (app_id, created_at) where app_id is not null;

-- Every entry of a wallet moves its balance in the same statement. Spending takes what the plan gave first.
create function billing.apply_to_wallet() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
begin
  update billing.wallet set
    balance = balance + new.amount,
    plan_credits = case
      when new.amount < 0 then greatest(plan_credits + new.amount, 0)
      when new.reason = 'plan_credit' then plan_credits + new.amount
      else plan_credits end,
    updated_at = greatest(updated_at, new.created_at)
  where tenant_id = new.tenant_id and user_id = substr(new.account, 6);
  if not found then
    raise exception 'there is no wallet for the account %', new.account using errcode = 'no_data_found';
  end if;
  return null;
end $$;
create trigger entry_of_wallet after insert on billing.entry
  for each row when (new.account like 'user:%') execute function billing.apply_to_wallet();

-- Nobody is paid out what was not earned. Earnings come from many tenants, so all of them are looked at.
create function billing.check_earned() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
declare
  tenant text := current_setting('imperal.tenant', true);
  total bigint;
begin
  perform pg_advisory_xact_lock(hashtextextended(new.account, 4780));
  perform set_config('imperal.tenant', '*', true);
  select sum(amount) into total from billing.entry where account = new.account;
  perform set_config('imperal.tenant', coalesce(tenant, ''), true);
  if total < 0 then
    raise exception 'the account % would go below zero', new.account using errcode = 'check_violation', constraint = 'entry_earned';
  end if;
  return null;
end $$;
create trigger entry_of_developer after insert on billing.entry
  for each row when (new.amount < 0 and (new.account like 'developer:%' or new.account like 'payout:%'))
  execute function billing.check_earned();

-- Credits that are kept back for work that runs. Named by what they are for, so that a repetition has no effect.
create table billing.hold (
  hold_id text primary key check (length(hold_id) between 1 and 64),
  tenant_id text not null,
  user_id text not null,
  app_id text,
  trace_id text,
  amount bigint not null check (amount > 0),
  status text not null default 'held' check (status in ('held', 'settled', 'released')),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  closed_at timestamptz,
  check ((status = 'held') = (closed_at is null))
);
create index hold_open on billing.hold (expires_at) where status = 'held';
create index hold_of_user on billing.hold (tenant_id, user_id) where status = 'held';
select foundation.tenant_table('billing.hold');
revoke insert, update, delete on billing.hold from imperal_app;
grant insert (hold_id, tenant_id, user_id, app_id, trace_id, amount, created_at, expires_at) on billing.hold to imperal_app;
grant update (status, expires_at, closed_at) on billing.hold to imperal_app;

create function billing.move_hold() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
begin
  if tg_op = 'INSERT' then
    update billing.wallet set held = held + new.amount where tenant_id = new.tenant_id and user_id = new.user_id;
    if not found then
      raise exception 'there is no wallet for %', new.user_id using errcode = 'no_data_found';
    end if;
  elsif old.status <> 'held' then
    raise exception 'the hold % is % already', old.hold_id, old.status using errcode = 'check_violation', constraint = 'hold_closed';
  elsif new.status <> 'held' then
    update billing.wallet set held = held - old.amount where tenant_id = old.tenant_id and user_id = old.user_id;
  end if;
  return null;
end $$;
create trigger hold_moves_wallet after insert or update on billing.hold
  for each row execute function billing.move_hold();

-- Credits for which somebody paid money. What a developer may be paid rests on them alone: credits that were given are spent
-- first and earn, but nobody sends money for them (K10.31).
alter table billing.wallet
  add paid_credits bigint not null default 0,
  add constraint wallet_paid_credits check (paid_credits between 0 and balance);
alter table billing.entry
  -- Of a wallet's entry that adds: how much of it was paid for. Of a developer's commission: how much of it may be paid out.
  add paid bigint not null default 0,
  add constraint entry_paid check (paid between 0 and greatest(amount, 0) and (paid = 0 or reason in ('topup', 'plan_credit', 'commission')));

-- What was earned until now stays what it was promised to be. What people paid so far is counted as if it had always been:
-- a cent is ten credits, and what was given is gone first.
-- Row-level security holds for the owner as well.
select set_config('imperal.tenant', '*', true);
update billing.entry set paid = amount where account like 'developer:%' and reason = 'commission' and amount > 0;
update billing.wallet w set paid_credits = least(w.balance, p.credits)
from (
  select tenant_id, user_id, sum(amount_cents - refunded_cents)::bigint * 10 as credits from billing.payment
  where status in ('completed', 'refunded') group by 1, 2
) p
where p.tenant_id = w.tenant_id and p.user_id = w.user_id;

create or replace function billing.apply_to_wallet() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
begin
  update billing.wallet set
    balance = balance + new.amount,
    plan_credits = case
      when new.amount < 0 then greatest(plan_credits + new.amount, 0)
      when new.reason = 'plan_credit' then plan_credits + new.amount
      else plan_credits end,
    -- Spending takes what was given first; a refund takes back what was paid.
    paid_credits = case
      when new.amount >= 0 then paid_credits + new.paid
      when new.reason = 'refund' then least(greatest(paid_credits + new.amount, 0), balance + new.amount)
      else least(paid_credits, balance + new.amount) end,
    updated_at = greatest(updated_at, new.created_at)
  where tenant_id = new.tenant_id and user_id = substr(new.account, 6);
  if not found then
    raise exception 'there is no wallet for the account %', new.account using errcode = 'no_data_found';
  end if;
  return null;
end $$;

-- Of what was earned, only what rests on paid credits can leave for a payout.
create or replace function billing.check_earned() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
declare
  tenant text := current_setting('imperal.tenant', true);
  total bigint;
begin
  perform pg_advisory_xact_lock(hashtextextended(new.account, 4780));
  perform set_config('imperal.tenant', '*', true);
  select sum(case when reason = 'commission' and amount > 0 then paid else amount end) into total from billing.entry where account = new.account;
  perform set_config('imperal.tenant', coalesce(tenant, ''), true);
  if total < 0 then
    raise exception 'the account % would go below zero', new.account using errcode = 'check_violation', constraint = 'entry_earned';
  end if;
  return null;
end $$;

create or replace function billing.apply_to_wallet() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
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
create or replace function billing.check_earned() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
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
alter table billing.entry drop column paid;
alter table billing.wallet drop column paid_credits;

drop table billing.hold;
drop function billing.move_hold;
drop trigger entry_of_developer on billing.entry;
drop function billing.check_earned;
drop trigger entry_of_wallet on billing.entry;
drop function billing.apply_to_wallet;
drop index billing.entry_of_app, billing.entry_of_developer, billing.entry_of_account;
create index entry_of_account on billing.entry (tenant_id, account, created_at desc, id desc);
-- Payouts did not exist before; their reason is the nearest of those that did.
update billing.entry set reason = 'adjustment' where reason = 'payout';
alter table billing.entry
  drop column seq,
  drop constraint entry_reason_check,
  add constraint entry_reason_check
    check (reason in ('action', 'topup', 'commission', 'adjustment', 'refund', 'plan_credit', 'bonus'));
alter table billing.wallet
  alter balance drop default,
  drop constraint wallet_available,
  drop constraint wallet_plan_credits,
  drop column held,
  drop column plan_credits;
grant insert, update, delete on billing.wallet to imperal_app;

select set_config('imperal.tenant', '*', true);
update billing.payment set refunded_cents = least(refunded_cents + disputed_cents, amount_cents) where disputed_cents > 0;
alter table billing.payment drop column disputed_cents;

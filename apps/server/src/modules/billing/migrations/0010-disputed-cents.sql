-- What a dispute withdrew is not part of what was refunded: both count, together never more than what was paid.
alter table billing.payment
  add column disputed_cents bigint not null default 0 check (disputed_cents between 0 and amount_cents);

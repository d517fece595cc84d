-- Credits of a payment whose money was withdrawn by a dispute, and which were spent before: its owner owes them, and what is
-- bought next makes them good.
alter table billing.payment add column owed_credits bigint not null default 0 check (owed_credits >= 0);
create index payment_owed on billing.payment (tenant_id, user_id) where owed_credits > 0;

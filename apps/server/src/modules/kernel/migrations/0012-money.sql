-- A question about money that another surface asked is released at the panel and taken by the same call when it comes again:
-- `money_key` is what makes it the same, `told` that the asking side has heard of an end which it cannot take any more.
alter table kernel.confirmation
  add column money_key text,
  add column told boolean not null default false;
create index confirmation_money on kernel.confirmation (tenant_id, user_id, money_key) where kind = 'money';
create index confirmation_released on kernel.confirmation (expires_at) where kind = 'money' and status = 'confirmed';

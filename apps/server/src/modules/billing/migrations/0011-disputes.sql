-- Each dispute of a payment by itself: one that is won ends no other, and the news of its end may come before that of its begin.
create table billing.dispute (
  tenant_id text not null,
  payment_id text not null references billing.payment on delete cascade,
  dispute_id text not null,
  state text not null check (state in ('withdrawn', 'reinstated')),
  cents bigint not null check (cents >= 0),
  owed_credits bigint not null default 0 check (owed_credits >= 0),
  created_at timestamptz not null,
  primary key (payment_id, dispute_id)
);
select foundation.tenant_table('billing.dispute');

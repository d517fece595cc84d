drop table billing.usage, billing.sent_mail, billing.provider_event, billing.auto_topup, billing.profile, billing.customer, billing.payment;
alter table billing.wallet
  drop column alert,
  add plan text not null default 'free',
  add status text not null default 'free',
  add cap bigint not null default 500 check (cap >= 0),
  add included_tokens bigint not null default 500 check (included_tokens >= 0);
grant insert (plan, status, cap, included_tokens), update (plan, status, cap, included_tokens) on billing.wallet to imperal_app;
drop table billing.subscription, billing.plan;

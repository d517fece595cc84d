-- Plans are data: the platform writes those that it comes with when they are not there, the operator changes them.
create table billing.plan (
  plan_id text primary key,
  name text not null,
  position integer not null,
  price_cents bigint not null check (price_cents >= 0),
  annual_price_cents bigint not null check (annual_price_cents >= 0),
  -- Credits of each month, and most that the plan fills a wallet up to.
  included_tokens bigint not null check (included_tokens >= 0),
  cap bigint not null check (cap >= 0),
  features jsonb not null default '{}',
  limits jsonb not null default '{}',
  self_service boolean not null default false,
  by_contract boolean not null default false
);
select foundation.platform_table('billing.plan');

-- What somebody has beside the free plan; no row is the free plan.
create table billing.subscription (
  tenant_id text not null,
  user_id text not null,
  plan_id text not null references billing.plan,
  status text not null check (status in ('active', 'past_due', 'expired')),
  period text not null check (period in ('monthly', 'annual')),
  billing_mode text not null check (billing_mode in ('card', 'manual', 'free')),
  started_at timestamptz not null,
  period_start timestamptz not null,
  expires_at timestamptz not null,
  cancel_at_period_end boolean not null default false,
  pending_plan text references billing.plan,
  pending_period text check (pending_period in ('monthly', 'annual')),
  contract_amount_cents bigint,
  billing_note text,
  -- When the platform looks at it next, and how often paying has failed since the period ended.
  due_at timestamptz not null,
  attempts integer not null default 0,
  -- Credits that its current period gave.
  granted bigint not null default 0,
  updated_at timestamptz not null,
  primary key (tenant_id, user_id),
  check ((pending_plan is null) = (pending_period is null)),
  check (not (cancel_at_period_end and pending_plan is not null))
);
create index subscription_due on billing.subscription (due_at) where status <> 'expired';
select foundation.tenant_table('billing.subscription');

alter table billing.wallet
  drop column plan, drop column status, drop column cap, drop column included_tokens,
  add alert text check (alert in ('warning', 'critical'));
grant update (alert, updated_at) on billing.wallet to imperal_app;

create table billing.payment (
  payment_id text primary key,
  tenant_id text not null,
  user_id text not null,
  provider text not null check (provider in ('stripe', 'manual')),
  -- Null until the provider has answered.
  provider_id text,
  type text not null check (type in ('topup', 'auto_topup', 'subscription', 'upgrade', 'renewal')),
  amount_cents bigint not null check (amount_cents > 0),
  currency text not null default 'usd',
  tokens bigint not null check (tokens >= 0),
  -- What it is for: plan and period, bonus credits.
  purpose jsonb not null default '{}',
  status text not null default 'pending' check (status in ('pending', 'completed', 'failed', 'refunded')),
  refunded_cents bigint not null default 0 check (refunded_cents between 0 and amount_cents),
  failure text,
  receipt_url text,
  created_at timestamptz not null,
  completed_at timestamptz,
  unique (provider, provider_id)
);
create index payment_of_user on billing.payment (tenant_id, user_id, created_at desc);
create index payment_open on billing.payment (created_at) where status = 'pending';
-- One renewal of a period is paid for once, whoever asks for it.
create unique index payment_of_renewal on billing.payment (tenant_id, user_id, (purpose ->> 'period_start'))
  where type = 'renewal' and status = 'pending';
select foundation.tenant_table('billing.payment');

create table billing.customer (
  tenant_id text not null,
  user_id text not null,
  provider text not null,
  customer_id text not null,
  primary key (tenant_id, user_id, provider)
);
select foundation.tenant_table('billing.customer');

create table billing.profile (
  tenant_id text not null,
  user_id text not null,
  name text not null default '',
  company text not null default '',
  vat text not null default '',
  country text not null default '',
  address text not null default '',
  updated_at timestamptz not null,
  primary key (tenant_id, user_id)
);
select foundation.tenant_table('billing.profile');

create table billing.auto_topup (
  tenant_id text not null,
  user_id text not null,
  enabled boolean not null,
  threshold_pct integer not null check (threshold_pct between 1 and 50),
  recharge_tokens bigint not null check (recharge_tokens > 0),
  payment_method_id text not null default '',
  declines integer not null default 0,
  -- Not tried again before: a charge is under way, or a card was declined.
  not_before timestamptz,
  primary key (tenant_id, user_id)
);
select foundation.tenant_table('billing.auto_topup');

-- Messages of a payment provider that were taken.
create table billing.provider_event (
  provider text not null,
  event_id text not null,
  type text not null,
  received_at timestamptz not null,
  primary key (provider, event_id)
);
select foundation.platform_table('billing.provider_event');

-- Mails about money that went out, so that none goes out twice.
create table billing.sent_mail (
  dedup_key text primary key,
  sent_at timestamptz not null
);
select foundation.platform_table('billing.sent_mail');

-- Meters of a month.
create table billing.usage (
  tenant_id text not null,
  user_id text not null,
  meter text not null check (length(meter) between 1 and 100),
  period date not null check (extract(day from period) = 1),
  used bigint not null check (used >= 0),
  updated_at timestamptz not null,
  primary key (tenant_id, user_id, period, meter)
);
select foundation.tenant_table('billing.usage');

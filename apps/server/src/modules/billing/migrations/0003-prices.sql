-- What was agreed with the developer of an app when it was approved: what its calls cost, and which part is the developer's.
create table billing.terms (
  app_id text primary key,
  owner_id text,
  model text not null check (model in ('free', 'per_action', 'subscription')),
  tool_prices jsonb not null default '{}',
  free_tools jsonb not null default '[]',
  monthly_price bigint not null default 0 check (monthly_price between 0 and 10000000),
  split integer not null check (split between 0 and 100),
  agreed_at timestamptz not null
);
select foundation.platform_table('billing.terms');

-- Figures of the operator: platform fees, the rate of credits, prices of categories. What is not here has its default.
create table billing.setting (
  key text primary key,
  value jsonb not null,
  updated_by text not null,
  updated_at timestamptz not null
);
select foundation.platform_table('billing.setting');

-- What a model costs, in dollars for a thousand tokens.
create table billing.model_rate (
  id bigint generated always as identity primary key,
  model_id text not null unique,
  tier text not null check (tier in ('economy', 'standard', 'premium')),
  input_cost_per_1k double precision not null check (input_cost_per_1k >= 0),
  output_cost_per_1k double precision not null check (output_cost_per_1k >= 0),
  is_available boolean not null default true,
  platform_fee_default bigint check (platform_fee_default between 0 and 100000),
  updated_at timestamptz not null
);
select foundation.platform_table('billing.model_rate');

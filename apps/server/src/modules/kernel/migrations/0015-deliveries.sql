-- Events on their way to handlers. The job engine's tables lie outside row-level security and keep what is over for a day:
-- they get the names of a delivery, and what happened lies here until its handler has taken it.
create table kernel.delivery (
  delivery_id uuid primary key,
  tenant_id text not null,
  user_id text not null,
  -- json, not jsonb: it is only passed on, and json keeps any text.
  event json not null,
  created_at timestamptz not null default now()
);
create index delivery_of_user on kernel.delivery (tenant_id, user_id);
select foundation.tenant_table('kernel.delivery');

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

-- What an older version handed to the engine.
insert into kernel.delivery (delivery_id, tenant_id, user_id, event, created_at)
select id, data #>> '{event,tenant_id}', data #>> '{event,user_id}', data -> 'event', created_on
from jobs.job where name = 'kernel.events' and state <> 'completed' and state <> 'cancelled' and data ? 'event';
update jobs.job set output = null, data = jsonb_strip_nulls(jsonb_build_object(
  'delivery_id', data -> 'delivery_id', 'app_id', data -> 'app_id', 'handler', data -> 'handler',
  'tenant_id', data #> '{event,tenant_id}', 'user_id', data #> '{event,user_id}',
  'event_type', data #> '{event,event_type}', 'trace_id', data #> '{event,trace_id}'))
where name = 'kernel.events' and data ? 'event';

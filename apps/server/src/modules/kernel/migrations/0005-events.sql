-- How far events have been handed to their subscribers, for the whole installation. It begins before the first one.
create table kernel.event_cursor (
  only_row boolean primary key default true check (only_row),
  position text not null
);
insert into kernel.event_cursor (position) values ('0000000000000000-0000000000000000');
select foundation.platform_table('kernel.event_cursor');

-- Deliveries that failed at every attempt (K6.7).
create table kernel.dead_event (
  delivery_id uuid primary key,
  tenant_id text not null,
  user_id text not null,
  app_id text not null,
  handler text not null,
  event jsonb not null,
  error text not null,
  failed_at timestamptz not null default now()
);
create index dead_event_of_app on kernel.dead_event (app_id, failed_at desc);
select foundation.tenant_table('kernel.dead_event');

-- Deliveries of senders that name them (K7.10): claimed while their handler runs, kept for a day when it took them.
create table kernel.webhook_delivery (
  app_id text not null,
  function text not null,
  -- Hash of the sender's id.
  delivery bytea not null,
  claim text not null,
  is_taken boolean not null default false,
  at timestamptz not null default now(),
  primary key (app_id, function, delivery)
);
create index webhook_delivery_age on kernel.webhook_delivery (at);
select foundation.platform_table('kernel.webhook_delivery');

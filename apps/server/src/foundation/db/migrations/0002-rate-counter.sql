-- Windows of request limits; unlogged because a crash may forget a minute of counting.
create unlogged table foundation.rate_counter (
  key text not null,
  window_start bigint not null,
  used integer not null,
  previous integer not null default 0,
  expires_at timestamptz not null,
  primary key (key, window_start)
);
create index rate_counter_expiry on foundation.rate_counter (expires_at);
select foundation.platform_table('foundation.rate_counter');

alter table state.skeleton
  -- Why the snapshot is older than it should be; null after a refresh that worked.
  add column stale_reason text,
  -- The snapshot that the last alert told, when changes since then were not told; and when alerts were told within the hour.
  add column alert_base json,
  add column alert_times timestamptz[] not null default '{}';
-- Rows of users who are gone are parked at the end of time, so that those who look for work do not pass them each time.
comment on column state.skeleton.due_at is 'infinity: nobody is there to see it';

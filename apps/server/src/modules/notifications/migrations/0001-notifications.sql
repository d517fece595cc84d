create schema notifications;

create table notifications.notification (
  -- Ordered by time, so the id is the cursor.
  id text not null collate "C",
  tenant_id text not null,
  user_id text not null,
  app_id text,
  title text not null,
  body text not null,
  message text not null,
  priority text not null check (priority in ('low', 'normal', 'high', 'urgent')),
  channel text not null,
  link text,
  extra json not null,
  created_at timestamptz not null,
  read_at timestamptz,
  primary key (tenant_id, user_id, id)
);
create index notification_unread on notifications.notification (tenant_id, user_id, id) where read_at is null;
select foundation.tenant_table('notifications.notification');

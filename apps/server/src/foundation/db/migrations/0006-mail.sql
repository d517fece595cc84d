-- Every mail that was sent, was to be sent or was not meant to be, for 90 days.
create table foundation.mail_log (
  id bigint generated always as identity primary key,
  mail_case text not null,
  to_email text not null,
  user_id text,
  subject text not null,
  status text not null check (status in ('sent', 'failed', 'skipped_disabled', 'skipped_dedup')),
  provider_message_id text,
  error text,
  dedup_key text,
  created_at timestamptz not null
);
create index mail_log_by_time on foundation.mail_log (created_at desc, id desc);
create index mail_log_of_user on foundation.mail_log (user_id, id desc);
select foundation.platform_table('foundation.mail_log');
-- What an administrator wrote in place of the built-in words. Null: the built-in ones.
create table foundation.mail_template (
  mail_case text primary key,
  subject text,
  html_body text,
  text_body text,
  enabled boolean not null default true,
  updated_at timestamptz not null,
  updated_by text
);
select foundation.platform_table('foundation.mail_template');

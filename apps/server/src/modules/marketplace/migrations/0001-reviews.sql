create schema marketplace;
grant usage on schema marketplace to imperal_app;

-- One review of each app by each person. Everybody reads them; the row belongs to its author's tenant.
create table marketplace.review (
  review_id bigint generated always as identity primary key,
  tenant_id text not null,
  app_id text not null,
  user_id text not null,
  rating integer not null check (rating between 1 and 5),
  title text not null default '',
  body text not null,
  developer_reply text,
  helpful_count integer not null default 0 check (helpful_count >= 0),
  created_at timestamptz not null,
  edited_at timestamptz,
  unique (app_id, user_id)
);
create index review_helpful on marketplace.review (app_id, helpful_count desc, created_at desc, review_id desc);
create index review_age on marketplace.review (app_id, created_at desc, review_id desc);
select foundation.tenant_table('marketplace.review');

create table marketplace.vote (
  review_id bigint not null references marketplace.review on delete cascade,
  tenant_id text not null,
  user_id text not null,
  created_at timestamptz not null,
  primary key (review_id, user_id)
);
select foundation.tenant_table('marketplace.vote');

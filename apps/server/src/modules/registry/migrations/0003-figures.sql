-- What people make of an app, kept beside it so that lists can be sorted: the marketplace writes these figures.
alter table registry.app
  add rating_total integer not null default 0 check (rating_total >= 0),
  add review_count integer not null default 0 check (review_count >= 0),
  -- Uses of the last thirty days.
  add action_count bigint not null default 0 check (action_count >= 0),
  add constraint app_rating check (rating_total between review_count and 5 * review_count);
-- Five reviews of three stars stand with every app, so that one friend's five stars are no first place.
create index app_by_rating on registry.app (((rating_total + 15.0) / (review_count + 5)) desc, review_count desc, app_id)
  where status = 'active' and not system;
create index app_by_actions on registry.app (action_count desc, install_count desc, app_id) where status = 'active' and not system;
create index app_by_age on registry.app ((coalesce(published_at, created_at)) desc, app_id) where status = 'active' and not system;
create index app_by_name on registry.app (lower(name), app_id) where status = 'active' and not system;
create index app_by_category on registry.app (category, install_count desc, app_id) where status = 'active' and not system;

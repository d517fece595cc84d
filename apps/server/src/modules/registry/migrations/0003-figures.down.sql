drop index registry.app_by_name, registry.app_by_category, registry.app_by_age, registry.app_by_actions, registry.app_by_rating;
alter table registry.app drop constraint app_rating, drop column action_count, drop column review_count, drop column rating_total;

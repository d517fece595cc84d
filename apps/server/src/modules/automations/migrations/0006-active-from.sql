-- What the database had seen when the rule last began to wait for its trigger: events of before are none of its business.
alter table automations.rule add column active_from pg_snapshot;

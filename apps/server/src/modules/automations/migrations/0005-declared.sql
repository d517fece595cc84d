-- Which automation of a declarative app the rule began as, and the digest of what that did; empty for rules of people.
alter table automations.rule add column declared_app text, add column declared_id text, add column declared_digest text,
  add check ((declared_app is null) = (declared_id is null) and (declared_app is null) = (declared_digest is null));
create unique index rule_declared on automations.rule (declared_app, tenant_id, user_id, declared_id) where declared_app is not null;

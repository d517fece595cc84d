drop index automations.rule_declared;
alter table automations.rule drop column declared_app, drop column declared_id, drop column declared_digest;

alter table automations.rule drop column active_from;

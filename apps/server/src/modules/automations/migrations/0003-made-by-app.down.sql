alter table automations.rule drop column by_app;

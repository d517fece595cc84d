alter table registry.version drop column format;

alter table registry.version drop column revision;

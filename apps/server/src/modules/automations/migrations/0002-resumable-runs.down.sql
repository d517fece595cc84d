drop index automations.execution_leased;
alter table automations.execution drop column lease_until, drop column turns, drop column texts;

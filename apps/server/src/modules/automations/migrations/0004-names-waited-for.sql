-- Which names active rules wait for is found by steps in an index, however many rules there are.
create index rule_name on automations.rule (event_type) where status = 'active';

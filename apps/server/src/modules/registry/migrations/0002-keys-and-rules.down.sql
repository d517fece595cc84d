drop table registry.section_rule;
drop table registry.app_key;

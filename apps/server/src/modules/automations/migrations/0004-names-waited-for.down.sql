drop index automations.rule_name;

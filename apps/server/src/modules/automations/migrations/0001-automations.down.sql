drop schema automations cascade;

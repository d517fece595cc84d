drop schema marketplace cascade;

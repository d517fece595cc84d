drop schema developer cascade;

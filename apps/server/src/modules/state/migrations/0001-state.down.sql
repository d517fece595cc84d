drop schema state cascade;

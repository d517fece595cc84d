drop schema coding cascade;

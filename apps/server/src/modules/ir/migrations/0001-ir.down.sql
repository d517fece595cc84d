drop schema ir cascade;

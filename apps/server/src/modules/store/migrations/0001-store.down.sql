drop schema store cascade;

drop schema configuration cascade;

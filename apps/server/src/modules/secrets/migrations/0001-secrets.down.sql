drop schema secrets cascade;

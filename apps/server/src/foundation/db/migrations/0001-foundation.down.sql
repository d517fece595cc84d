drop schema foundation cascade;

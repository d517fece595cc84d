drop schema connections cascade;

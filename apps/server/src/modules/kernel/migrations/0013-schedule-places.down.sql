drop table kernel.schedule_place;

drop table kernel.dead_event;
drop table kernel.event_cursor;

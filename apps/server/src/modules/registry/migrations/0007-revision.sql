-- Which deploy of a document this is: a rollback brings the same content back under a new number.
alter table registry.version add revision integer check (revision > 0);

drop index kernel.task_untold;
alter table kernel.task drop column tell_at;
create index task_untold on kernel.task (finished_at) where finished_at is not null and delivered_at is null;

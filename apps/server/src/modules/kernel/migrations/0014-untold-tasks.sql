-- When the result of a task is to be told again: one that cannot be told keeps no other from its turn.
alter table kernel.task add tell_at timestamptz;
drop index kernel.task_untold;
create index task_untold on kernel.task (coalesce(tell_at, finished_at)) where finished_at is not null and delivered_at is null;

drop index kernel.task_unfinished;
drop index kernel.task_of_app;
drop index kernel.task_untold;
drop index kernel.task_over;
delete from kernel.task where node_id is null;
alter table kernel.task
  drop column source,
  drop column trace_id,
  drop column conversation_id,
  drop column call_id,
  drop column attempt,
  drop column work,
  drop column error_code,
  drop column result,
  drop column delivered_at,
  drop column deadline_at,
  drop column heartbeat_at,
  drop column heartbeat_count,
  drop column promoted_at,
  alter column node_id set not null;
create index task_running on kernel.task (node_id) where status = 'running';

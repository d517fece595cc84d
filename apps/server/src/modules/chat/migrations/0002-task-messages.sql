-- The message of a task: first that it goes on, then what came of it.
alter table chat.message add column task_id text;
create index message_of_task on chat.message (tenant_id, user_id, task_id) where type = 'task_promoted';
-- The result of a task is said once, whoever delivers it.
create unique index message_task_result on chat.message (tenant_id, user_id, task_id)
  where task_id is not null and type <> 'task_promoted';

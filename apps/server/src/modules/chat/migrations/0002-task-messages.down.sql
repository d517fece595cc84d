alter table chat.message drop column task_id;

alter table chat.message drop column used_forms;

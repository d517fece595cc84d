alter table chat.message drop column forgotten;

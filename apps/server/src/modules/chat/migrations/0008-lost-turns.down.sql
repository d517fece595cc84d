alter table chat.turn drop column losses;

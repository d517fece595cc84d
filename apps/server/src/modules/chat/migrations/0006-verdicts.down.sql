drop index chat.turn_of_trace;
alter table chat.turn drop column verdicts;

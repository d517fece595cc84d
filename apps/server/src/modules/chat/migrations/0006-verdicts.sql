-- What the truth gate had to replace or stop in the turn, each thing once.
alter table chat.turn add column verdicts text[] not null default '{}';
create index turn_of_trace on chat.turn (user_id, trace_id);

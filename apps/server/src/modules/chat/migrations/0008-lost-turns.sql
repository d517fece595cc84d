-- How often whoever worked on the turn was lost: one that takes its node with it must not take every node.
alter table chat.turn add column losses integer not null default 0;

-- Functions of the pick-list whose forms the person sent, as "app.function".
alter table chat.message add column used_forms text[] not null default '{}';

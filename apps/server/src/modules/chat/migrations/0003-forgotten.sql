-- What was said before a conversation was reset: people still read it, the assistant does not.
alter table chat.message add column forgotten boolean not null default false;
create index message_remembered on chat.message (tenant_id, user_id) where not forgotten;

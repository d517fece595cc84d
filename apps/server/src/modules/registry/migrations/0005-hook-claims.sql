-- Who runs a hook: the id of the call that it is to be. Null while nobody does. It falls to somebody else when its time
-- is over, and what the one before still tries to write is refused.
alter table registry.due_hook
  add claim text,
  add claimed_until timestamptz,
  add constraint due_hook_claimed check ((claim is null) = (claimed_until is null));

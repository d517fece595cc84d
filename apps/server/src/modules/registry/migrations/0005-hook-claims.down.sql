alter table registry.due_hook drop constraint due_hook_claimed, drop column claim, drop column claimed_until;

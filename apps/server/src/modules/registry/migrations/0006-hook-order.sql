-- The first due hooks of each tenant are found without a look at those of the others.
create index due_hook_order on registry.due_hook (tenant_id, id) where not gave_up;

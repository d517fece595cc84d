drop index registry.due_hook_order;

update state.skeleton set due_at = now() where due_at = 'infinity';
alter table state.skeleton
  drop column stale_reason,
  drop column alert_base,
  drop column alert_times;

drop trigger plan_told on billing.plan;
create trigger plan_told after update on billing.plan for each row when (old.features is distinct from new.features)
  execute function billing.tell_plan();

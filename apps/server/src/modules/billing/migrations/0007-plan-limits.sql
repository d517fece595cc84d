-- Limits of a plan are kept in memory like its features (a month of actions).
drop trigger plan_told on billing.plan;
create trigger plan_told after update on billing.plan for each row
  when ((old.features, old.limits) is distinct from (new.features, new.limits))
  execute function billing.tell_plan();

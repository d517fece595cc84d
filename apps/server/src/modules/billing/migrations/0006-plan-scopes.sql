-- What a plan allows is part of what its people may, which every node keeps in memory.
create function billing.tell_plan() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  if tg_table_name = 'plan' then
    perform pg_notify('billing_plan_scopes', '');
  elsif tg_op = 'DELETE' then
    perform pg_notify('billing_plan_scopes', old.user_id);
  elsif tg_op = 'INSERT' or (old.plan_id, old.status) is distinct from (new.plan_id, new.status) then
    perform pg_notify('billing_plan_scopes', new.user_id);
  end if;
  return null;
end
$$;
create trigger plan_told after update on billing.plan for each row when (old.features is distinct from new.features)
  execute function billing.tell_plan();
create trigger subscription_told after insert or update or delete on billing.subscription
  for each row execute function billing.tell_plan();

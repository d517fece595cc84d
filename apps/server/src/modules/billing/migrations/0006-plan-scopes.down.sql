drop trigger subscription_told on billing.subscription;
drop trigger plan_told on billing.plan;
drop function billing.tell_plan();

-- Whom an account names that a call's arguments hold (K3.20).
create index account_by_app on connections.account (tenant_id, app_id, account_id);

create schema if not exists foundation;

-- Declares a table whose rows belong to tenants: forced row-level security by `imperal.tenant` and all rights for the application.
create or replace function foundation.tenant_table(target regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format(
    'create policy tenant on %s using (tenant_id = current_setting(''imperal.tenant'', true) or current_setting(''imperal.tenant'', true) = ''*'')'
    || ' with check (tenant_id = current_setting(''imperal.tenant'', true) or current_setting(''imperal.tenant'', true) = ''*'')', target);
  perform foundation.grant_rights(target, 'select, insert, update, delete');
end $$;

-- The same, but the application may only insert and read.
create or replace function foundation.insert_only_table(target regclass) returns void language plpgsql as $$
begin
  perform foundation.tenant_table(target);
  execute format('revoke update, delete, truncate on %s from imperal_app', target);
end $$;

-- A table without tenants (catalogs, keys, queues).
create or replace function foundation.platform_table(target regclass) returns void language plpgsql as $$
begin
  perform foundation.grant_rights(target, 'select, insert, update, delete');
end $$;

create or replace function foundation.grant_rights(target regclass, rights text) returns void language plpgsql as $$
declare
  home text;
begin
  select n.nspname into home from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = target;
  execute format('grant usage on schema %I to imperal_app', home);
  execute format('grant %s on %s to imperal_app', rights, target);
  execute format('grant usage on all sequences in schema %I to imperal_app', home);
end $$;

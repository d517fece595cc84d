-- Rows of the ledger leave it when their class says so, and in no other way (kernel 11.2, K11.3). Their place in the hash chain
-- stays, so that the chain of what is left can still be checked.
alter table ledger.seal add column removed_at timestamptz;
create index action_age on ledger.action using brin (completed_at);

-- Removes what is due and sealed, with the owner's rights. The moment is that of the database: no caller can bring it forward.
create function ledger.remove_expired(batch integer)
  returns table (tenant_id text, retention_class text, removed integer) language plpgsql security definer
  set search_path = pg_catalog, pg_temp as $$
declare
  outer_tenant constant text := current_setting('imperal.tenant', true);
begin
  if not pg_try_advisory_xact_lock(4780000005) then return; end if;
  perform set_config('imperal.tenant', '*', true);
  return query
    with due as materialized (
      select a.call_id from ledger.action a join ledger.seal s on s.call_id = a.call_id
      where a.completed_at < now() - interval '90 days'
        and (a.retention_class = 'standard_90d'
          or (a.retention_class = 'federal_7y' and a.completed_at < now() - interval '7 years'))
      limit batch
    ), marked as (
      update ledger.seal s set removed_at = now() from due where s.call_id = due.call_id
    ), gone as (
      delete from ledger.action a using due where a.call_id = due.call_id returning a.tenant_id, a.retention_class
    )
    select g.tenant_id, g.retention_class, count(*)::integer from gone g group by 1, 2;
  perform set_config('imperal.tenant', coalesce(outer_tenant, ''), true);
end $$;
revoke all on function ledger.remove_expired(integer) from public;
grant execute on function ledger.remove_expired(integer) to imperal_app;

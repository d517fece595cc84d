drop function ledger.adopt_restored();
create or replace function ledger.seal_rows(batch integer) returns integer language plpgsql security definer
  set search_path = pg_catalog, pg_temp as $$
declare
  horizon constant bigint := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
  outer_tenant constant text := current_setting('imperal.tenant', true);
  done integer := 0;
  cur ledger.seal_cursor;
  head ledger.seal;
  a ledger.action;
begin
  if not pg_try_advisory_xact_lock(4780000002) then return 0; end if;
  perform set_config('imperal.tenant', '*', true);
  select * into cur from ledger.seal_cursor for update;
  for a in select * from ledger.action x
    where x.xid >= cur.xid and (x.xid, x.call_id) > (cur.xid, cur.call_id) and x.xid < horizon
    order by x.xid, x.call_id limit batch
  loop
    head := null;
    select * into head from ledger.seal s where s.tenant_id = a.tenant_id order by s.position desc limit 1;
    insert into ledger.seal (tenant_id, position, call_id, prev_hash, row_hash)
      values (a.tenant_id, coalesce(head.position, 0) + 1, a.call_id, head.row_hash, ledger.row_hash(head.row_hash, a));
    update ledger.seal_cursor set xid = a.xid, call_id = a.call_id;
    done := done + 1;
  end loop;
  perform set_config('imperal.tenant', coalesce(outer_tenant, ''), true);
  return done;
end $$;
drop function ledger.append_seals(text, bigint, integer);

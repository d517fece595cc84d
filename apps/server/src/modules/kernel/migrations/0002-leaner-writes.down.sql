alter table kernel.open_call alter column draft type jsonb using draft::jsonb;
create index open_call_node on kernel.open_call (node_id);

alter table ledger.action drop constraint action_pkey;
alter table ledger.action add primary key (call_id);
create index action_of_user on ledger.action (tenant_id, user_id, call_id);

drop index ledger.action_sealing;
alter table ledger.action alter column xid drop default;
alter table ledger.action alter column xid type xid8 using xid::text::xid8;
alter table ledger.action alter column xid set default pg_current_xact_id();
create index action_sealing on ledger.action (xid, call_id);
alter table ledger.seal_cursor alter column xid type xid8 using xid::text::xid8;

create or replace function ledger.seal_rows(batch integer) returns integer language plpgsql security definer
  set search_path = pg_catalog, pg_temp as $$
declare
  horizon constant xid8 := pg_snapshot_xmin(pg_current_snapshot());
  outer_tenant constant text := current_setting('imperal.tenant', true);
  done integer := 0;
  cur ledger.seal_cursor;
  head ledger.seal;
  a ledger.action;
begin
  if not pg_try_advisory_xact_lock(4780000002) then return 0; end if;
  perform set_config('imperal.tenant', '*', true);
  select * into cur from ledger.seal_cursor for update;
  for a in select * from ledger.action x where (x.xid, x.call_id) > (cur.xid, cur.call_id) and x.xid < horizon
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

-- Chains are made in memory and written by one statement. What reads is planned each time: a plan that was made while the
-- tables were small would read all of them again and again.
create function ledger.append_seals(span text, bound bigint, batch integer) returns integer language plpgsql
  set search_path = pg_catalog, pg_temp as $$
declare
  cur ledger.seal_cursor;
  last ledger.seal_cursor;
  head ledger.seal;
  a record;
  tenants text[] := '{}';
  calls text[] := '{}';
  positions bigint[] := '{}';
  befores bytea[] := '{}';
  hashes bytea[] := '{}';
begin
  select * into cur from ledger.seal_cursor for update;
  last := cur;
  for a in execute format($q$
    select n.tenant_id, n.xid, n.call_id, ledger.sealed_text(n.sealed) as sealed_text from (
      select x.tenant_id, x.xid, x.call_id, x as sealed from ledger.action x
      where %s and (x.xid, x.call_id) > ($1, $2) order by x.xid, x.call_id limit $4
    ) n order by n.tenant_id, n.xid, n.call_id$q$, span) using cur.xid, cur.call_id, bound, batch
  loop
    if head.tenant_id is distinct from a.tenant_id then
      head := null;
      execute 'select * from ledger.seal s where s.tenant_id = $1 order by s.position desc limit 1' into head using a.tenant_id;
      head.tenant_id := a.tenant_id;
    end if;
    befores := array_append(befores, head.row_hash);
    head.position := coalesce(head.position, 0) + 1;
    head.row_hash := sha256(coalesce(head.row_hash, ''::bytea) || convert_to(a.sealed_text, 'UTF8'));
    tenants := array_append(tenants, a.tenant_id);
    calls := array_append(calls, a.call_id);
    positions := array_append(positions, head.position);
    hashes := array_append(hashes, head.row_hash);
    if (a.xid, a.call_id) > (last.xid, last.call_id) then
      last.xid := a.xid;
      last.call_id := a.call_id;
    end if;
  end loop;
  if cardinality(calls) = 0 then return 0; end if;
  insert into ledger.seal (tenant_id, position, call_id, prev_hash, row_hash)
    select * from unnest(tenants, positions, calls, befores, hashes);
  update ledger.seal_cursor set xid = last.xid, call_id = last.call_id;
  return cardinality(calls);
end $$;
revoke all on function ledger.append_seals(text, bigint, integer) from public;

create or replace function ledger.seal_rows(batch integer) returns integer language plpgsql security definer
  set search_path = pg_catalog, pg_temp as $$
declare
  outer_tenant constant text := current_setting('imperal.tenant', true);
  done integer;
begin
  if not pg_try_advisory_xact_lock(4780000002) then return 0; end if;
  perform set_config('imperal.tenant', '*', true);
  done := ledger.append_seals('x.xid >= $1 and x.xid < $3', pg_snapshot_xmin(pg_current_snapshot())::text::bigint, batch);
  perform set_config('imperal.tenant', coalesce(outer_tenant, ''), true);
  return done;
end $$;

-- After a restore into another cluster: rows numbered beyond the present are sealed in their order and lose their number,
-- which only ever said when they may be sealed. Runs before a node writes, so all such rows are of the time before.
create function ledger.adopt_restored() returns void language plpgsql security definer
  set search_path = pg_catalog, pg_temp as $$
declare
  coming constant bigint := pg_snapshot_xmax(pg_current_snapshot())::text::bigint;
  outer_tenant constant text := current_setting('imperal.tenant', true);
begin
  perform pg_advisory_xact_lock(4780000002);
  perform set_config('imperal.tenant', '*', true);
  while ledger.append_seals('x.xid >= $3', coming, 10000) > 0 loop end loop;
  update ledger.action set xid = 0 where xid >= coming;
  update ledger.seal_cursor set xid = coming, call_id = '' where xid >= coming;
  perform set_config('imperal.tenant', coalesce(outer_tenant, ''), true);
end $$;
revoke all on function ledger.adopt_restored() from public;
grant execute on function ledger.adopt_restored() to imperal_app;

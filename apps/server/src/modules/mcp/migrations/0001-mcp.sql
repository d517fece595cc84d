create schema mcp;

-- A client that has introduced itself. Any node answers it. Unlogged: after a crash of the database clients begin anew.
create unlogged table mcp.session (
  session_id text primary key,
  tenant_id text not null,
  user_id text not null,
  -- What the client can do, as it said at the beginning.
  capabilities json not null,
  last_used timestamptz not null
);
create index session_of_user on mcp.session (tenant_id, user_id);
create index session_age on mcp.session (last_used);
select foundation.tenant_table('mcp.session');

-- How long a tier that was bought lasts; no row: the tier has no end. When it ends, the developer is an explorer again.
create table developer.membership (
  user_id text primary key,
  tenant_id text not null,
  tier text not null,
  -- Null: given by an administrator, without an end.
  expires_at timestamptz,
  comped_by text,
  updated_at timestamptz not null
);
create index membership_ends on developer.membership (expires_at) where expires_at is not null;
select foundation.tenant_table('developer.membership');

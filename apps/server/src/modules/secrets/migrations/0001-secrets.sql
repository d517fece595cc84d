create schema secrets;

-- Ciphertext only. Length and the first 8 hex digits of the SHA-256 are what audit rows may show (K8.16).
create table secrets.secret (
  tenant_id text not null,
  user_id text not null,
  app_id text not null,
  name text not null,
  sealed text not null,
  length integer not null,
  sha256_prefix text not null check (length(sha256_prefix) = 8),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  last_accessed_at timestamptz,
  primary key (tenant_id, user_id, app_id, name)
);
select foundation.tenant_table('secrets.secret');

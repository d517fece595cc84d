-- A sign-in at another identity provider that was begun. Bound to the browser that began it; when the provider has said
-- who it is, a code waits for the sign-in page.
create table identity.oidc_attempt (
  state_hash bytea primary key,
  browser_hash bytea not null,
  verifier_sealed text not null,
  nonce text not null,
  next text not null,
  code_hash bytea unique,
  user_id text,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index oidc_attempt_ends on identity.oidc_attempt (expires_at);
select foundation.platform_table('identity.oidc_attempt');

-- Who somebody is at an identity provider.
create table identity.external_login (
  issuer text not null,
  subject text not null,
  tenant_id text not null,
  user_id text not null references identity.account on delete cascade,
  created_at timestamptz not null,
  primary key (tenant_id, issuer, subject)
);
create index external_login_of_user on identity.external_login (user_id);
select foundation.tenant_table('identity.external_login');

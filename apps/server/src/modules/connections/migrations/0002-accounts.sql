-- Whose an account elsewhere is, so that a provider's message finds its user. The account itself is a document of its app.
create table connections.account (
  tenant_id text not null,
  user_id text not null,
  app_id text not null,
  account_id text not null,
  provider text not null,
  collection text not null,
  -- In lower case; null when the provider did not tell it.
  email text,
  connected_at timestamptz not null,
  primary key (tenant_id, user_id, app_id, account_id)
);
create index account_by_email on connections.account (provider, email) where email is not null;
select foundation.tenant_table('connections.account');

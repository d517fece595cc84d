-- Keys of single apps, for programs that deploy or read them.
create table registry.app_key (
  key_id text primary key,
  app_id text not null references registry.app on delete cascade,
  key_hash bytea not null unique,
  prefix text not null,
  scope text not null check (scope in ('full', 'readonly')),
  created_at timestamptz not null,
  revoked_at timestamptz
);
create index app_key_app on registry.app_key (app_id, created_at);
select foundation.platform_table('registry.app_key');

-- What a user wants of skeleton sections: none, another pace, no alerts.
create table registry.section_rule (
  tenant_id text not null,
  user_id text not null,
  app_id text not null references registry.app on delete cascade,
  section_name text not null,
  enabled boolean not null default true,
  ttl integer check (ttl between 30 and 86400),
  alert_config jsonb not null default '{}',
  primary key (tenant_id, user_id, app_id, section_name)
);
select foundation.tenant_table('registry.section_rule');

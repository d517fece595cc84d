create schema storage;

create table storage.file (
  tenant_id text not null,
  app_id text not null,
  user_id text not null,
  path text not null collate "C",
  size bigint not null check (size >= 0),
  content_type text not null,
  sha256 text not null,
  -- Place of the content below the folder of files; never reused.
  blob text not null unique,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (tenant_id, app_id, user_id, path)
);
select foundation.tenant_table('storage.file');

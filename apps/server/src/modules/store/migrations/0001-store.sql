create schema store;

-- convert_to is declared stable because encodings can be redefined; the one of a database cannot.
create function store.etag_of(data jsonb) returns text immutable parallel safe language sql
  as $$ select encode(sha256(convert_to(data::text, 'UTF8')), 'hex') $$;

-- What a document sorts by. A missing field sorts like null, long texts by their beginning, lists and objects not at all,
-- so that a cursor stays short.
create function store.sort_key(data jsonb, field text) returns jsonb immutable parallel safe language sql as $$
  select case coalesce(jsonb_typeof(data -> field), 'null')
    when 'string' then to_jsonb(left(data ->> field, 256))
    when 'number' then data -> field
    when 'boolean' then data -> field
    else 'null'::jsonb
  end
$$;

-- Conditions that containment does not express: {"field": {"equals": value}} for null, lists and objects,
-- {"field": {"contains": text}} for parts of a text and members of a list.
create function store.matches(data jsonb, conditions jsonb) returns boolean immutable parallel safe language sql as $$
  select coalesce(bool_and(case
    when c.value ? 'equals' then coalesce(data -> c.key, 'null'::jsonb) = c.value -> 'equals'
    when jsonb_typeof(data -> c.key) = 'array' then data -> c.key @> jsonb_build_array(c.value -> 'contains')
    when jsonb_typeof(data -> c.key) = 'string' then
      position(lower(c.value ->> 'contains') in lower(data ->> c.key)) > 0
    else false
  end), true)
  from jsonb_each(conditions) c
$$;

create table store.document (
  tenant_id text not null,
  app_id text not null,
  user_id text not null,
  collection text not null,
  id text not null,
  data jsonb not null check (jsonb_typeof(data) = 'object'),
  etag text not null generated always as (store.etag_of(data)) stored,
  -- Size of the canonical text: quotas and pages are counted without reading the documents.
  bytes integer not null generated always as (octet_length(data::text)) stored,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  primary key (tenant_id, app_id, user_id, collection, id)
);
-- No index on the content: under row-level security the planner may use only leak-proof operators for an index,
-- and containment of jsonb is not one. Collections belong to one user, so the scan is short.
create index document_by_age on store.document (tenant_id, app_id, user_id, collection, created_at, id) where deleted_at is null;
select foundation.tenant_table('store.document');
grant execute on all functions in schema store to imperal_app;

create function store.etag_of(data jsonb) returns text immutable parallel safe language sql
  as $$ select encode(sha256(convert_to(data::text, 'UTF8')), 'hex') $$;
grant execute on function store.etag_of(jsonb) to imperal_app;
alter table store.document drop column etag, drop column bytes;
alter table store.document
  add column etag text not null generated always as (store.etag_of(data)) stored,
  add column bytes integer not null generated always as (octet_length(data::text)) stored,
  add constraint document_data_check check (jsonb_typeof(data) = 'object');

-- Values are sealed by the data key of their tenant; null: sealed in the first form, by the installation's keyring.
alter table secrets.secret add column data_key_id text;
-- Part of what the cipher authenticates: an older value of the same row does not open in its place.
alter table secrets.secret add column version bigint not null default 0;
create index secret_by_data_key on secrets.secret (tenant_id, data_key_id);

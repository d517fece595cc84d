drop index secrets.secret_by_data_key;
alter table secrets.secret drop column version;
alter table secrets.secret drop column data_key_id;

-- What a user keeps in all apps is added up at each upload.
create index file_of_user on storage.file (tenant_id, user_id) include (size);

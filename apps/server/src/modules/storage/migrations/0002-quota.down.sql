drop index storage.file_of_user;

drop table foundation.data_key;

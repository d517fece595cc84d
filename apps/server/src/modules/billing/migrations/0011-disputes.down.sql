drop table billing.dispute;

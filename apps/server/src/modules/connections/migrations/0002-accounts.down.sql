drop table connections.account;

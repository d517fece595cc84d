drop table developer.membership;

drop table llm.alert;
drop table llm.config;

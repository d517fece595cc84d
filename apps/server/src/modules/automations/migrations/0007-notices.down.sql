drop table automations.notice;

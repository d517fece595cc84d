drop table foundation.mail_template;
drop table foundation.mail_log;

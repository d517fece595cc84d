drop table identity.used_call_token;
drop table identity.chore;
drop table identity.scope;
drop table identity.agency;
alter table identity.role drop column default_extensions;
alter table identity.tenant drop column allowed_auth_methods, drop column max_connections, drop column defaults;

alter table identity.used_call_token drop column first_used_at;

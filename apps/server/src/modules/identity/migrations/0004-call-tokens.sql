-- Where the operator allows it, a call token works again for a while after its first use.
alter table identity.used_call_token add column first_used_at timestamptz not null default now();

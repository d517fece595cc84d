alter table connections.account drop column renewal_claim, drop column renewal_until;

alter table billing.payment drop column owed_credits;

alter table kernel.confirmation drop column money_key, drop column told;

drop function ledger.remove_expired(integer);
drop index ledger.action_age;
alter table ledger.seal drop column removed_at;

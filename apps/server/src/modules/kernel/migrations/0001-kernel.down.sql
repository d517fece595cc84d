drop schema ledger cascade;
drop schema kernel cascade;

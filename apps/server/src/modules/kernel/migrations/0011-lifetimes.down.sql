drop function kernel.effects_lost();
alter table kernel.open_call drop column lifetime;
drop table kernel.lifetime;

-- Documents reach the disk with the record of their call, so a crash of PostgreSQL between the two takes them away while the
-- server lives on and would tell of a success. An unlogged table is empty after such a crash (and on a standby that takes
-- over): the one row in it names the time since, and a call that began in another time may have lost what it wrote.
create unlogged table kernel.lifetime (
  only_row boolean primary key default true check (only_row),
  id uuid not null default gen_random_uuid()
);
select foundation.platform_table('kernel.lifetime');
alter table kernel.open_call add column lifetime uuid;

create function kernel.effects_lost() returns integer language plpgsql volatile as $$
begin
  raise exception 'what a call wrote may be lost: the database crashed before it was on the disk' using errcode = 'IM001';
end $$;
revoke all on function kernel.effects_lost() from public;
grant execute on function kernel.effects_lost() to imperal_app;

-- What was erased stays erased.
select 1;

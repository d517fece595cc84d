-- The place of a row in the chain is the transaction that wrote it. Whoever could name another one could write a row
-- that lies behind the sealing job and is never sealed, so that it could be changed unnoticed.
revoke insert on ledger.action from imperal_app;
do $$
declare
  own text;
begin
  select string_agg(quote_ident(attname), ', ') into own from pg_attribute
    where attrelid = 'ledger.action'::regclass and attnum > 0 and not attisdropped and attname <> 'xid';
  execute format('grant insert (%s) on ledger.action to imperal_app', own);
end $$;

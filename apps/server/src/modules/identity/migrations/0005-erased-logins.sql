-- Erased accounts kept the link to an identity provider, so that nobody behind it could ever come again.
-- Row-level security holds for the owner as well.
select set_config('imperal.tenant', '*', true);
delete from identity.external_login using identity.account
  where account.user_id = external_login.user_id and account.status = 'erased';
delete from identity.cli_code using identity.account
  where account.user_id = cli_code.user_id and account.status = 'erased';

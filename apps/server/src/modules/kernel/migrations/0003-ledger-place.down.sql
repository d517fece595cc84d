-- A revoke on the table takes the grants of its columns as well.
revoke insert on ledger.action from imperal_app;
grant insert on ledger.action to imperal_app;

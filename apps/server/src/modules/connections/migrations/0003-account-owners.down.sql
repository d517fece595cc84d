drop index connections.account_by_app;

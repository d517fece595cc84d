drop table identity.external_login, identity.oidc_attempt;

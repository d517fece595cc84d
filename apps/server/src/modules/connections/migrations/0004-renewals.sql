-- One node renews the tokens of an account at a time: a refresh token that rotates is good once.
alter table connections.account add column renewal_claim uuid, add column renewal_until timestamptz;

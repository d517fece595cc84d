drop table billing.payout;

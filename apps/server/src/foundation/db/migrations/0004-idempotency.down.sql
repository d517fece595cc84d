drop table foundation.idempotency;

drop table foundation.rate_counter;

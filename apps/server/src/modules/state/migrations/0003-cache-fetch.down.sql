drop table state.cache_fetch;

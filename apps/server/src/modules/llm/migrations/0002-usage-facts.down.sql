alter table llm.usage drop column is_failover, drop column trace_id;

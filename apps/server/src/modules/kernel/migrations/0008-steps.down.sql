drop table kernel.kept_outcome;
alter table kernel.confirmation drop column node_id, drop column call_ids, drop column outcomes;

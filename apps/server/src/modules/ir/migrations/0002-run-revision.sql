-- The revision that a run began with. Its content does not say so: a rollback brings the same content back under a new number.
alter table ir.run add revision integer;
update ir.run n set revision = (
  select max(r.revision) from ir.revision r
   where r.app_id = n.app_id and r.artefact_hash = n.artefact_hash and r.created_at <= n.created_at
);
alter table ir.run drop column artefact_hash;

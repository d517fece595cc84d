alter table ir.run add artefact_hash text not null default '';
update ir.run n set artefact_hash = r.artefact_hash from ir.revision r where r.app_id = n.app_id and r.revision = n.revision;
alter table ir.run alter artefact_hash drop default, drop column revision;

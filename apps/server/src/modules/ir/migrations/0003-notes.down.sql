alter table ir.run drop column notes;

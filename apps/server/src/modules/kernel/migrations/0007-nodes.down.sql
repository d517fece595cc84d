alter table kernel.node
  drop column address,
  drop column roles,
  drop column version,
  drop column name;

-- The statements that write make etag and size themselves: the expression of a generated column, and every check, is
-- parsed anew by each insert, which cost a third of it.
alter table store.document alter column etag drop expression;
alter table store.document alter column bytes drop expression;
alter table store.document drop constraint document_data_check;
drop function store.etag_of(jsonb);

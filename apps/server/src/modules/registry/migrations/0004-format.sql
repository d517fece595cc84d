-- What the text of an artefact is: the bundle of a code extension, or the document of a declarative one.
alter table registry.version add format text not null default 'bundle' check (format in ('bundle', 'ir'));

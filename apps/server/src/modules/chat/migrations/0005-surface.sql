alter table chat.message
  -- Files that came with a message of a person: file_id, name, mime, size.
  add column attachments jsonb not null default '[]',
  -- Another wording took its place: nobody reads it any more, the ledger keeps what was done.
  add column superseded boolean not null default false,
  add column rating text check (rating in ('up', 'down')),
  add column rating_note text;

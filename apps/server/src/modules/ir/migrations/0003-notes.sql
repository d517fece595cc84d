-- What a run left out because nobody was there to be led anywhere.
alter table ir.run add notes jsonb not null default '[]';

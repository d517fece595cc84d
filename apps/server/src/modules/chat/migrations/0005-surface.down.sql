alter table chat.message drop column attachments, drop column superseded, drop column rating, drop column rating_note;

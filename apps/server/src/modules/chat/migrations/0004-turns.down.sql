drop table chat.session;
drop table chat.turn_step;
drop table chat.turn;

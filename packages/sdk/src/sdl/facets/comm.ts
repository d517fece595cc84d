import { flag, link, members, moment, number, text, whole } from '../fields.ts'

// Messages, calls and conversations.

export const Conversational = {
  channel: text('comm.channel'),
  direction: text('comm.direction'),
  message_id: text('comm.message_id'),
  conversation_id: text('comm.conversation_id'),
  sent_at: moment('comm.sent_at'),
  received_at: moment('comm.received_at'),
  text: text('comm.text'),
}
export const Threaded = {
  thread_id: text('comm.thread_id'),
  parent_id: text('comm.parent_id'),
  reply_count: whole('comm.reply_count'),
  position: whole('comm.position'),
}
export const MessageState = {
  is_read: flag('comm.is_read'),
  is_starred: flag('comm.is_starred'),
  is_draft: flag('comm.is_draft'),
  is_archived: flag('comm.is_archived'),
  is_spam: flag('comm.is_spam'),
  delivery_status: text('comm.delivery_status'),
}
export const Reactable = {
  reactions: members('comm.reactions'),
  reaction_count: whole('comm.reaction_count'),
  own_reaction: text('comm.own_reaction'),
}
export const Callable = {
  call_id: text('comm.call_id'),
  call_status: text('comm.call_status'),
  started_at: moment('comm.started_at'),
  ended_at: moment('comm.ended_at'),
  call_seconds: number('comm.call_seconds'),
  recording_url: link('comm.recording_url'),
}
export const Draftable = {
  draft_id: text('comm.draft_id'),
  draft_body: text('comm.draft_body'),
  last_edited_at: moment('comm.last_edited_at'),
  scheduled_for: moment('comm.scheduled_for'),
}

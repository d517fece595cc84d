import { email, flag, link, moment, text, texts } from '../fields.ts'

// Who made it, who has it, and how they are reached. What plays these roles is masked in events for other apps.

export const Authorship = {
  author_id: text('people.author_id'),
  author_name: text('people.author_name'),
  author_email: email('people.author_email'),
  contributors: texts('people.contributors'),
  created_by: text('people.created_by'),
  updated_by: text('people.updated_by'),
}
export const Assignable = {
  assignee_id: text('people.assignee_id'),
  assignee_name: text('people.assignee_name'),
  assignees: texts('people.assignees'),
  assigned_by: text('people.assigned_by'),
  assigned_at: moment('people.assigned_at'),
  team: text('people.team'),
  owner_id: text('people.owner_id'),
}
export const Participants = {
  participants: texts('people.participants'),
  organizer_id: text('people.organizer_id'),
  organizer_name: text('people.organizer_name'),
  required: texts('people.required'),
  optional: texts('people.optional'),
  accepted: texts('people.accepted'),
  declined: texts('people.declined'),
  invited: texts('people.invited'),
}
export const Correspondents = {
  from: text('people.from'),
  to: texts('people.to'),
  cc: texts('people.cc'),
  bcc: texts('people.bcc'),
  reply_to: text('people.reply_to'),
  sender_name: text('people.sender_name'),
}
export const ContactPoints = {
  email: email('people.email'),
  phone: text('people.phone'),
  address: text('people.address'),
  website: link('people.website'),
  handles: texts('people.handles'),
}
export const Presence = {
  presence: text('people.presence'),
  last_seen_at: moment('people.last_seen_at'),
  is_online: flag('people.is_online'),
  status_text: text('people.status_text'),
  available_until: moment('people.available_until'),
}

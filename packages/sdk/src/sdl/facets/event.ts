import { flag, link, moment, text, whole } from '../fields.ts'

// Meetings, shows and who comes.

export const Eventful = {
  starts_at: moment('event.starts_at'),
  ends_at: moment('event.ends_at'),
  venue: text('event.venue'),
  event_type: text('event.event_type'),
}
export const Capacity = {
  capacity: whole('event.capacity'),
  registered: whole('event.registered'),
  available: whole('event.available'),
  waitlisted: whole('event.waitlisted'),
  is_full: flag('event.is_full'),
}
export const RSVP = {
  rsvp_status: text('event.rsvp_status'),
  rsvp_by: moment('event.rsvp_by'),
  guests: whole('event.guests'),
  rsvp_url: link('event.rsvp_url'),
}
export const Ticketed = {
  ticket_code: text('event.ticket_code'),
  ticket_type: text('event.ticket_type'),
  ticket_url: link('event.ticket_url'),
  seat: text('event.seat'),
}
export const AdmissionPolicy = {
  minimum_age: whole('event.minimum_age'),
  dress_code: text('event.dress_code'),
  is_public: flag('event.is_public'),
  requires_ticket: flag('event.requires_ticket'),
  requires_invitation: flag('event.requires_invitation'),
}
export const AgendaSlot = {
  slot_title: text('event.slot_title'),
  speaker: text('event.speaker'),
  starts_at: moment('event.starts_at'),
  ends_at: moment('event.ends_at'),
  track: text('event.track'),
}
export const Cancellation = {
  is_cancelled: flag('event.is_cancelled'),
  cancelled_at: moment('event.cancelled_at'),
  cancel_reason: text('event.cancel_reason'),
  refundable: flag('event.refundable'),
}
export const CalendarFeed = {
  calendar_id: text('event.calendar_id'),
  calendar_name: text('event.calendar_name'),
  feed_url: link('event.feed_url'),
  ical_uid: text('event.ical_uid'),
  color: text('event.color'),
}

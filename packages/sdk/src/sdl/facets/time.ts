import { flag, moment, number, text, whole } from '../fields.ts'

// Moments, spans and what comes again.

export const Timestamped = {
  created_at: moment('time.created_at'),
  updated_at: moment('time.updated_at'),
  deleted_at: moment('time.deleted_at'),
}
export const Schedulable = {
  starts_at: moment('time.starts_at'),
  ends_at: moment('time.ends_at'),
  timezone: text('time.timezone'),
  all_day: flag('time.all_day'),
  due_at: moment('time.due_at'),
}
export const Duration = {
  duration_seconds: number('time.duration_seconds'),
  duration_text: text('time.duration_text'),
}
export const Recurring = {
  rrule: text('time.rrule'),
  interval: whole('time.interval'),
  frequency: text('time.frequency'),
  until: moment('time.until'),
  count: whole('time.count'),
  next_at: moment('time.next_at'),
}
export const Booked = {
  booked_at: moment('time.booked_at'),
  booked_from: moment('time.booked_from'),
  booked_until: moment('time.booked_until'),
  booking_code: text('time.booking_code'),
  booking_status: text('time.booking_status'),
}

import { ChatExtension, Extension } from '@imperal/sdk'

export const ext = new Extension('calendar', {
  version: '1.0.0',
  displayName: 'Calendar',
  description:
    'A calendar of your own: appointments, days and what repeats. Reads ICS files of others and gives you one of yours.',
  icon: 'icon.svg',
  capabilities: ['calendar:read', 'calendar:write', 'calendar:destructive', 'notify:push'],
})

export const chat = new ChatExtension(ext, {
  toolName: 'calendar',
  description: 'Adds, lists, changes and deletes appointments; imports and exports ICS.',
  systemPrompt: 'Calendar module. Times are ISO 8601 with an offset; a day alone is YYYY-MM-DD and lasts all day.',
})

export const EventsChanged = ext.emits('calendar.events_changed')

import { ChatExtension, Extension } from '@imperal/sdk'

export const ext = new Extension('automations', {
  version: '1.0.0',
  displayName: 'Automations',
  description:
    'Rules of your own: when something happens, or at a time, do something. Said in words, or put together in a form.',
  icon: 'icon.svg',
  // A rule may run whatever its owner may, so its maker has to see all of that.
  capabilities: [
    'automations:read',
    'automations:write',
    'extensions:read',
    'extensions:write',
    'extensions:destructive',
  ],
  system: true,
})

export const chat = new ChatExtension(ext, {
  toolName: 'automations',
  description: 'Makes, changes, pauses and deletes rules of the user, and shows what they did.',
  systemPrompt: 'Automations module. A rule waits for an event or a time, and then runs one or several functions.',
})

export const RulesChanged = ext.emits('automations.rules_changed')

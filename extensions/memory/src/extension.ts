import { ChatExtension, Extension } from '@imperal/sdk'

export const ext = new Extension('memory', {
  version: '1.0.0',
  displayName: 'Memory',
  description:
    'Keeps facts that you ask to keep, such as sizes, names and habits, and finds them again. You see and delete all of it.',
  icon: 'icon.svg',
  capabilities: ['memory:read', 'memory:write', 'memory:destructive'],
})

export const chat = new ChatExtension(ext, {
  toolName: 'memory',
  description: 'Remembers facts about the user that they asked to keep, finds them, and forgets them again.',
  systemPrompt: 'Memory module. Remember only what the user asks to remember, in one short sentence per fact.',
})

export const FactsChanged = ext.emits('memory.facts_changed')

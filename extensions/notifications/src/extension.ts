import { ChatExtension, Extension } from '@imperal/sdk'

export const ext = new Extension('notifications', {
  version: '1.0.0',
  displayName: 'Notifications',
  description: 'What your apps have told you: read it, and mark it as read. Where messages go is in the settings.',
  icon: 'icon.svg',
  capabilities: ['notifications:read', 'notifications:write', 'me:read', 'me:write'],
})

export const chat = new ChatExtension(ext, {
  toolName: 'notifications',
  description: 'Shows notifications of all apps, and marks them as read.',
  systemPrompt: 'Notifications module. It shows what other apps sent; it sends nothing itself.',
})

export const Changed = ext.emits('notifications.changed')

import { ChatExtension, Extension } from '@imperal/sdk'

export const ext = new Extension('admin', {
  version: '1.0.0',
  displayName: 'Admin',
  description:
    'For administrators: how the installation is, who uses it, which apps wait for review, and what runs now.',
  icon: 'icon.svg',
  capabilities: ['admin:read', 'admin:write', 'users:read', 'operator:read', 'operator:write', 'audit:read'],
  configDefaults: { access_policy: { allowed_roles: ['admin'] } },
  system: true,
})

export const chat = new ChatExtension(ext, {
  toolName: 'admin',
  description: 'Shows administrators the state of the installation, users, reviews and processes, and decides reviews.',
  systemPrompt: 'Admin module. Only administrators may use it; nobody else has it.',
})

export const EventsChanged = ext.emits('admin.events_changed')
export const ReviewsChanged = ext.emits('admin.reviews_changed')

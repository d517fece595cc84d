import { ChatExtension, Extension } from '@imperal/sdk'

export const ext = new Extension('developer', {
  version: '1.0.0',
  displayName: 'Developer Portal',
  description:
    'Your own apps: create them, deploy declarative documents, try functions out, look at revisions and roll back.',
  icon: 'icon.svg',
  capabilities: ['developer:read', 'developer:write', 'ir:read', 'ir:write', 'actions:read'],
  system: true,
})

export const chat = new ChatExtension(ext, {
  toolName: 'developer',
  description: 'Creates, deploys, tries out, publishes, pauses and deletes the apps that you develop.',
  systemPrompt: 'Developer module. An app has an id of lower-case letters, digits and hyphens, and a status.',
})

export const AppsChanged = ext.emits('developer.apps_changed')

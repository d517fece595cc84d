import { ChatExtension, Extension } from '@imperal/sdk'

export const ext = new Extension('marketplace', {
  version: '1.0.0',
  displayName: 'Marketplace',
  description:
    'Finds apps by what you want to do, tells what they may touch, and installs, pauses or removes them for you.',
  icon: 'icon.svg',
  capabilities: ['marketplace:read', 'marketplace:write', 'me:read', 'me:write'],
})

export const chat = new ChatExtension(ext, {
  toolName: 'marketplace',
  description:
    'Searches apps, shows what one does, installs and uninstalls apps, and switches installed ones on and off.',
  systemPrompt:
    'Marketplace module. App ids are lower-case words with hyphens. Say what an app may touch before installing it.',
})

export const AppsChanged = ext.emits('marketplace.apps_changed')

import { ChatExtension, Extension } from '@imperal/sdk'

export const ext = new Extension('watchtower', {
  version: '1.0.0',
  displayName: 'Watchtower',
  description: 'Looks at your web sites every five minutes and tells you when one goes down or comes back.',
  icon: 'icon.svg',
  capabilities: ['watchtower:read', 'watchtower:write', 'watchtower:destructive'],
})

export const chat = new ChatExtension(ext, {
  toolName: 'watchtower',
  description: 'Watches web sites: adds them, looks at them now, lists which are up, and forgets them.',
  systemPrompt: 'Watchtower module. A site is up when it answers below 400 within ten seconds.',
})

export const SiteAdded = ext.emits('watchtower.site_added')
export const SiteRemoved = ext.emits('watchtower.site_removed')
export const StateChanged = ext.emits('watchtower.state_changed')
export const Looked = ext.emits('watchtower.looked')

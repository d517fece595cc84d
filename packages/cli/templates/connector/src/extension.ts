import { ChatExtension, Extension, HealthStatus } from '@imperal/sdk'

export const ext = new Extension('__app_id__', {
  version: '1.0.0',
  displayName: '__title__ Extension',
  description: 'Reads open issues from GitHub and the next events of the Google calendars that you have connected.',
  icon: 'icon.svg',
  capabilities: ['__app_id__:read', '__app_id__:write'],
})

export const chat = new ChatExtension(ext, {
  toolName: '__tool_name__',
  description: 'Lists open issues of repositories on GitHub, and the next events of connected Google calendars.',
})

ext.onInstall((ctx) => ctx.log('__title__ was installed'))

ext.healthCheck(() => HealthStatus.ok())

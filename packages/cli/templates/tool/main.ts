import { Extension, HealthStatus } from '@imperal/sdk'
import * as z from 'zod'

export const ext = new Extension('__app_id__', {
  version: '1.0.0',
  displayName: '__title__ Extension',
  description: 'Counts words and characters of a text for automations and other extensions.',
  icon: 'icon.svg',
  capabilities: ['__app_id__:read'],
})

ext.tool(
  '__tool_name__',
  {
    description: 'Count the words and characters of a text and answer both numbers.',
    scopes: ['__app_id__:read'],
    params: z.object({ text: z.string() }),
  },
  (_ctx, { text }) => ({ words: text.split(/\s+/).filter((word) => word !== '').length, characters: text.length }),
)

ext.onInstall((ctx) => ctx.log('__title__ was installed'))

ext.healthCheck(() => HealthStatus.ok())

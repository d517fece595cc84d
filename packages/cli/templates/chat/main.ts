import { ActionResult, ChatExtension, Extension, HealthStatus } from '@imperal/sdk'
import * as z from 'zod'

export const ext = new Extension('__app_id__', {
  version: '1.0.0',
  displayName: '__title__ Extension',
  description: 'Greets people by name in the chat, and is a good place to begin from.',
  icon: 'icon.svg',
  capabilities: ['__app_id__:read'],
})

const chat = new ChatExtension(ext, {
  toolName: '__tool_name__',
  description: 'Greets people by name.',
})

export const greet = chat.function(
  'greet',
  {
    description: 'Greet someone by name and answer the greeting; without a name it greets the world.',
    params: z.object({ name: z.string().default('World').describe('Who is greeted.') }),
    returns: z.object({ message: z.string() }),
  },
  (_ctx, { name }) => ActionResult.success({ message: `Hello, ${name}!` }, `Greeted ${name}`),
)

ext.onInstall((ctx) => ctx.log('__title__ was installed'))

ext.healthCheck(() => HealthStatus.ok())

import * as z from 'zod'
import { API_OPTION, defineCommand, YES_OPTION } from '../define-command.ts'

export const McpOptions = z.object({
  api: z.string().optional(),
  yes: z.boolean().default(false),
  app: z.string().optional(),
})

export const mcp = defineCommand({
  name: 'mcp',
  summary: 'Make the tools of an MCP server an app of yours: `mcp add <url>`, `mcp list`, `mcp remove <app>`',
  arguments: [
    { name: '<action>', description: 'add, list or remove', values: ['add', 'list', 'remove'] },
    { name: '[target]', description: 'with add: the address of the server; with remove: the app' },
  ],
  options: [
    API_OPTION,
    YES_OPTION,
    { flags: '--app <id>', description: 'with add: id of the app; else made of the name of the server' },
  ],
  input: McpOptions,
  load: () => import('../run/mcp.ts'),
})

import * as z from 'zod'
import { defineCommand } from '../define-command.ts'

export const ServerOptions = z.object({})

export const server = defineCommand({
  name: 'server',
  summary: 'For operators: run the platform of this checkout, all of it or some `--roles`',
  arguments: [{ name: '[options...]', description: '--roles gateway,kernel,worker  --port  --host  --data-dir' }],
  input: ServerOptions,
  passesOn: true,
  load: () => import('../run/server.ts'),
})

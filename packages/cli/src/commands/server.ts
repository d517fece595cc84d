import * as z from 'zod'
import { defineCommand } from '../define-command.ts'

export const ServerOptions = z.object({})

export const server = defineCommand({
  name: 'server',
  summary: 'For operators: run the platform of this checkout, all of it or some `--roles`',
  arguments: [{ name: '[options...]', description: '--roles gateway,kernel,worker  --port  --host  --data-dir' }],
  input: ServerOptions,
  passesOn: true,
  passedOn: [
    {
      flags: '--roles <list>',
      description: 'what this process does: all of it, or some roles with commas between them',
      values: ['gateway,kernel,worker', 'gateway', 'kernel', 'worker'],
    },
    { flags: '--port <number>', description: 'where it listens' },
    { flags: '--host <address>', description: 'at which address' },
    { flags: '--data-dir <folder>', description: 'where its data lies' },
  ],
  load: () => import('../run/server.ts'),
})

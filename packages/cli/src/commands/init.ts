import * as z from 'zod'
import { API_OPTION, defineCommand } from '../define-command.ts'
import { TEMPLATES } from '../init/names.ts'

export const InitOptions = z.object({
  template: z.string().default('chat'),
  sdk: z.string().optional(),
  cli: z.string().optional(),
  api: z.string().optional(),
})

export const init = defineCommand({
  name: 'init',
  summary: 'Make a folder with a complete extension: code, test, icon and everything to run it',
  arguments: [{ name: '<name>', description: 'folder to make; the app id comes from it' }],
  options: [
    { flags: '-t, --template <name>', description: `${TEMPLATES.join(', ')} (chat)`, values: TEMPLATES },
    {
      flags: '--sdk <url>',
      description: 'where @imperal/sdk comes from: a tarball address or file:…; else the platform',
    },
    { flags: '--cli <url>', description: 'the same for @imperal/cli' },
    API_OPTION,
  ],
  input: InitOptions,
  load: () => import('../run/init.ts'),
})

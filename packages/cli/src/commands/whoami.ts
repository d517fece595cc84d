import * as z from 'zod'
import { API_OPTION, defineCommand } from '../define-command.ts'

export const WhoamiOptions = z.object({ api: z.string().optional() })

export const whoami = defineCommand({
  name: 'whoami',
  summary: 'Show who is signed in at a platform',
  options: [API_OPTION],
  input: WhoamiOptions,
  load: () => import('../run/whoami.ts'),
})

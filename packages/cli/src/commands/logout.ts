import * as z from 'zod'
import { API_OPTION, defineCommand } from '../define-command.ts'

export const LogoutOptions = z.object({ api: z.string().optional() })

export const logout = defineCommand({
  name: 'logout',
  summary: 'End the sign-in of this machine at a platform',
  options: [API_OPTION],
  input: LogoutOptions,
  load: () => import('../run/logout.ts'),
})

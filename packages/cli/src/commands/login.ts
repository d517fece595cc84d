import * as z from 'zod'
import { API_OPTION, defineCommand } from '../define-command.ts'

export const LoginOptions = z.object({ api: z.string().optional() })

export const login = defineCommand({
  name: 'login',
  summary: 'Sign in at a platform by approving a code in the browser',
  options: [API_OPTION],
  input: LoginOptions,
  load: () => import('../run/login.ts'),
})

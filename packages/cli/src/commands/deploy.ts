import * as z from 'zod'
import { API_OPTION, defineCommand, PATH_ARGUMENT, YES_OPTION } from '../define-command.ts'

export const DeployOptions = z.object({
  api: z.string().optional(),
  yes: z.boolean().default(false),
  changelog: z.string().optional(),
})

export const deploy = defineCommand({
  name: 'deploy',
  summary: 'Build, check and upload an extension, and make it live for your account',
  arguments: [PATH_ARGUMENT],
  options: [
    API_OPTION,
    YES_OPTION,
    { flags: '--changelog <text>', description: 'what is new; else the section of CHANGELOG.md' },
  ],
  input: DeployOptions,
  load: () => import('../run/deploy.ts'),
})

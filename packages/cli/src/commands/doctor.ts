import * as z from 'zod'
import { API_OPTION, defineCommand, PATH_ARGUMENT } from '../define-command.ts'

export const DoctorOptions = z.object({ api: z.string().optional(), json: z.boolean().default(false) })

export const doctor = defineCommand({
  name: 'doctor',
  summary: 'Say what works and what does not: this machine, this project, your sign-in, the platform',
  arguments: [PATH_ARGUMENT],
  options: [API_OPTION, { flags: '--json', description: 'print the findings as JSON' }],
  input: DoctorOptions,
  load: () => import('../run/doctor.ts'),
})

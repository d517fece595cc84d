import * as z from 'zod'
import { defineCommand, PATH_ARGUMENT } from '../define-command.ts'

export const SchedulesOptions = z.object({})

export const schedules = defineCommand({
  name: 'schedules',
  summary: 'Show when each schedule of an extension is due next',
  arguments: [PATH_ARGUMENT],
  input: SchedulesOptions,
  load: () => import('../run/schedules.ts'),
})

import * as z from 'zod'
import { defineCommand, PATH_ARGUMENT } from '../define-command.ts'

export const BuildOptions = z.object({})

export const build = defineCommand({
  name: 'build',
  summary: 'Write imperal.json, and the bundle and its source map to dist/',
  arguments: [PATH_ARGUMENT],
  input: BuildOptions,
  load: () => import('../run/build.ts'),
})

import * as z from 'zod'
import { defineCommand } from '../define-command.ts'

export const TestOptions = z.object({})

export const test = defineCommand({
  name: 'test',
  summary: 'Run the tests of the extension here: with vitest when it is installed, else with the runner of Node',
  arguments: [{ name: '[args...]', description: 'handed on to the runner' }],
  passesOn: true,
  input: TestOptions,
  load: () => import('../run/test.ts'),
})

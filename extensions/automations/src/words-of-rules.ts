import * as z from 'zod'
import { conditionInWords, eventInWords, inWords, timeInWords } from './words.ts'

const Trigger = z.looseObject({
  event_type: z.string(),
  schedule: z.string().nullable().default(null),
  conditions: z.array(z.looseObject({ path: z.string(), op: z.string(), value: z.json().optional() })).default([]),
  when: z.string().nullable().default(null),
})

/** In one line, what a rule waits for. */
export function triggerInWords(filter: unknown): string {
  const { event_type, schedule, conditions, when } = Trigger.parse(filter)
  const only = conditions.map(({ path, op, value }) => conditionInWords(path, op, value))
  return [
    schedule === null ? eventInWords(event_type) : timeInWords(schedule),
    ...only,
    ...(when === null ? [] : [when]),
  ].join(', if ')
}

const Step = z.looseObject({
  app_id: z.string().optional(),
  tool: z.string().optional(),
  message: z.string().optional(),
  args: z.record(z.string(), z.json()).optional(),
})

/** What a rule does, step by step: the function or the words, and what it is given. */
export const stepsInWords = (actions: readonly unknown[]): { readonly title: string; readonly values: string }[] =>
  actions.map((action) => {
    const { app_id, tool, message, args = {} } = Step.parse(action)
    const values = Object.entries(args).map(
      ([name, value]) => `${inWords(name)}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
    )
    const title = tool === undefined ? (message ?? '') : `${inWords(app_id ?? '')}: ${inWords(tool)}`
    return { title, values: values.join(' · ').slice(0, 300) }
  })

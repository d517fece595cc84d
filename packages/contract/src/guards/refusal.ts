import * as z from 'zod'
import { toolSchema } from './tool-schema.ts'

/** The input of `emit_refusal` (sdk.md 9.11): why nothing was done, for the user. */
export const RefusalEmission = z.strictObject({
  reason: z.enum(['no_scope', 'missing_params', 'already_done', 'tool_unavailable', 'external_error']),
  user_message: z.string().max(500).describe('One or two sentences for the user, in their language.'),
  next_steps: z.array(z.string().max(200)).max(3).optional().describe('What the user can do now.'),
})
export type RefusalEmission = Readonly<z.infer<typeof RefusalEmission>>

/** The input of `hub_dispatch` (sdk.md 9.11): a task for another installed app, whose side sees `query` only. */
export const HubDispatch = z.strictObject({
  app_id: z.string().min(1),
  reasoning: z.string().min(1).describe('Why that app; kept in the audit trail.'),
  query: z.string().min(1).describe('The whole task: nothing else is handed on.'),
})
export type HubDispatch = Readonly<z.infer<typeof HubDispatch>>

const tool = (name: string, description: string, schema: z.ZodType) =>
  Object.freeze({ name, description, inputSchema: Object.freeze(toolSchema(schema)) })

export const EMIT_REFUSAL_TOOL = tool(
  'emit_refusal',
  'Say that the task cannot be done, why, and what the user can do instead.',
  RefusalEmission,
)
export const HUB_DISPATCH_TOOL = tool('hub_dispatch', 'Hand a task to another app that the user has.', HubDispatch)

/** What a model emitted; whatever is no refusal counts as one for reasons outside. */
export function parseRefusal(input: unknown): RefusalEmission {
  const parsed = RefusalEmission.safeParse(input)
  return Object.freeze(parsed.success ? parsed.data : { reason: 'external_error', user_message: '' })
}

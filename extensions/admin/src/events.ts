import { ActionResult } from '@imperal/sdk'
import { platform, segment } from '@imperal/sdk/platform'
import * as z from 'zod'
import { chat, EventsChanged } from './extension.ts'
import { refused } from './functions.ts'

const PATH = '/v1/admin/events/dead'

export const DeadEvent = z.object({
  delivery_id: z.string(),
  user_id: z.string(),
  app_id: z.string(),
  handler: z.string(),
  event_type: z.string(),
  error: z.string(),
  failed_at: z.string(),
})
export type DeadEvent = z.infer<typeof DeadEvent>
const DeadEvents = z.object({ events: z.array(DeadEvent), total: z.number().int() })

/** Events that a handler failed to take at every attempt, newest first. */
export async function readDeadEvents(ctx: object, limit: number) {
  const answer = await platform(ctx).request('GET', PATH, { query: { limit } })
  return { ...answer, body: answer.ok ? DeadEvents.parse(answer.body) : { events: [], total: 0 } }
}

export const listDeadEvents = chat.function(
  'list_dead_events',
  {
    description: 'List events that an app failed to take five times, with its error, newest first.',
    params: z.object({ limit: z.number().int().min(1).max(100).default(20) }),
    returns: DeadEvents,
  },
  async (ctx, { limit }) => {
    const answer = await readDeadEvents(ctx, limit)
    if (!answer.ok) return refused(answer)
    const { total } = answer.body
    return ActionResult.success(
      answer.body,
      total === 0 ? 'Every event was taken.' : `${total} event(s) were given up.`,
    )
  },
)

export const replayDeadEvents = chat.function(
  'replay_dead_events',
  {
    description: 'Deliver events again that an app failed to take: one of them, or all of the app.',
    actionType: 'write',
    effects: ['send:event'],
    event: EventsChanged,
    params: z
      .object({
        app_id: z.string().max(64).optional().describe('All of this app.'),
        delivery_id: z.string().max(64).optional().describe('This one, from list_dead_events.'),
      })
      .refine((given) => (given.app_id === undefined) !== (given.delivery_id === undefined), {
        message: 'Name an app or one delivery.',
      }),
    returns: z.object({ replayed: z.number().int() }),
  },
  async (ctx, { app_id, delivery_id }) => {
    const body = delivery_id === undefined ? { app_id } : { delivery_ids: [delivery_id] }
    const answer = await platform(ctx).request<{ replayed: number }>('POST', `${PATH}/replay`, { body })
    if (!answer.ok) return refused(answer)
    const { replayed } = answer.body
    return ActionResult.success({ replayed }, `${replayed} event(s) are being delivered again.`)
  },
)

export const dropDeadEvent = chat.function(
  'drop_dead_event',
  {
    description: 'Forget one event that an app failed to take; it is never delivered.',
    actionType: 'destructive',
    effects: ['delete:event'],
    event: EventsChanged,
    params: z.object({ delivery_id: z.string().min(1).max(64).describe('From list_dead_events.') }),
    returns: z.object({ dropped: z.boolean() }),
  },
  async (ctx, { delivery_id }) => {
    const answer = await platform(ctx).request<{ dropped: boolean }>('DELETE', `${PATH}/${segment(delivery_id)}`)
    return answer.ok ? ActionResult.success({ dropped: answer.body.dropped }, 'Forgotten.') : refused(answer)
  },
)

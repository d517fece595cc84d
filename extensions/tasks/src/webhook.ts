import { ActionResult, WebhookResponse } from '@imperal/sdk'
import * as z from 'zod'
import { chat, ext } from './extension.ts'
import { newTask, tasksOf } from './todo.ts'

const Connection = z.object({ key: z.string() })

const randomKey = (): string =>
  [...crypto.getRandomValues(new Uint8Array(24))].map((byte) => byte.toString(16).padStart(2, '0')).join('')

/** Takes the same time wherever the first difference is. */
function sameText(a: string, b: string): boolean {
  let difference = a.length ^ b.length
  for (let index = 0; index < a.length; index++)
    difference |= a.charCodeAt(index) ^ b.charCodeAt(index % Math.max(1, b.length))
  return difference === 0
}

export const connectWebhook = chat.function(
  'connect_webhook',
  {
    description:
      'Make a web address with which another service can add tasks for you; a new address replaces the old one.',
    actionType: 'write',
    effects: ['create:webhook_address'],
    params: z.object({}),
    returns: z.object({ url: z.string(), example: z.string() }),
  },
  async (ctx) => {
    const key = randomKey()
    await ctx.store.collection('connections', Connection).set('webhook', { key })
    // The address names its owner, so that the receiving side looks at nobody else's key.
    const url = `${ctx.webhookUrl('/add')}?for=${encodeURIComponent(ctx.user.imperalId)}&key=${key}`
    const example = `curl -X POST '${url}' -H 'Content-Type: application/json' -d '{"title": "Call back", "due": "2026-12-01"}'`
    return ActionResult.success({ url, example }, `Other services can add tasks for you at ${url}`)
  },
)

const Incoming = z.object({
  title: z.string().trim().min(1).max(300),
  due: z.union([z.literal(''), z.iso.date()]).default(''),
  details: z.string().max(20_000).default(''),
  priority: z.enum(['low', 'normal', 'high']).default('normal'),
})

ext.webhook('/add', { method: 'POST' }, async (ctx, request) => {
  const { for: owner = '', key = '' } = request.queryParams
  if (!/^imp_u_[A-Za-z0-9_-]{6,24}$/.test(owner) || key === '')
    return WebhookResponse.error('This address is not valid.', 401)
  const user = ctx.forUser(owner)
  const connection = await user.store.collection('connections', Connection).find('webhook')
  if (!connection || !sameText(key, connection.data.key))
    return WebhookResponse.error('This address is not valid.', 401)
  let body: unknown
  try {
    body = request.json()
  } catch {
    return WebhookResponse.error('Send a JSON object such as {"title": "Call back"}.', 400)
  }
  const parsed = Incoming.safeParse(body)
  if (!parsed.success)
    return WebhookResponse.error(
      parsed.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`).join('; '),
      422,
    )
  const task = await tasksOf(user.store).create(newTask(parsed.data))
  await user.extensions.emit('tasks.added', { task_id: task.id, title: parsed.data.title })
  return { ok: true, task_id: task.id }
})

import { HealthStatus, WebhookResponse } from '@imperal/sdk'
import * as z from 'zod'
import { ext, LINES, Line } from './extension.ts'

/** Hour of the user's evening. */
const EVENING = 20

ext.schedule('evening_reminder', { cron: '0 * * * *' }, async (ctx) => {
  for await (const userId of ctx.store.listUsers(LINES)) {
    const user = ctx.asUser(userId)
    if (user.time.hourLocal === EVENING) await user.notify('What happened today?')
  }
})

ext.skeleton('journal', { ttl: 300, description: 'How many lines the journal has' }, async (ctx) => ({
  response: { lines: await ctx.store.count(LINES) },
}))

/** Each user has a key of their own: the platform never guesses whose request it is. */
const Key = z.object({ key: z.string() })

ext.onInstall(async (ctx) => {
  const key = crypto.randomUUID()
  await ctx.store.collection('keys', Key).set('webhook', { key })
  ctx.log(`Lines can be sent to ${ctx.webhookUrl('/add')}?for=${ctx.user.imperalId}&key=${key}`)
})

ext.webhook('/add', { method: 'POST' }, async (ctx, request) => {
  const { for: userId = '', key = '' } = request.queryParams
  if (userId === '' || key === '') return WebhookResponse.error('This address is not valid.', 401)
  const user = ctx.forUser(userId)
  const stored = await user.store.collection('keys', Key).find('webhook')
  if (stored === null || stored.data.key !== key) return WebhookResponse.error('This address is not valid.', 401)
  const text = request.text().trim()
  if (text === '') return WebhookResponse.error('Send the line as plain text.', 400)
  await user.store.collection(LINES, Line).create({ text })
  return WebhookResponse.ok({ received: true })
})

ext.healthCheck(async (ctx) => {
  await ctx.store.count(LINES)
  return HealthStatus.ok()
})

/** Every kind of work that a crash may cut in two; each effect carries the key under which it was asked for. */
export const LAB = `
import { ActionResult, ChatExtension, Extension, WebhookResponse } from '@imperal/sdk'
import * as z from 'zod'
export const ext = new Extension('crashlab', {
  version: '1.0.0', displayName: 'Crash lab', description: 'Does every kind of work that a crash may cut in two, for the tests.',
  icon: 'icon.svg', capabilities: ['crashlab:read', 'crashlab:write'],
})
const chat = new ChatExtension(ext, { toolName: 'crashlab', description: 'Works while things break.' })
const params = z.object({ key: z.string() })
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
for (const name of ['write', 'paid', 'rare'])
  chat.function(name, { description: 'Writes one effect under its key, before and after a moment of thought.', params, actionType: 'write', effects: ['create:effect'], event: 'crashlab.' + name },
    async (ctx, { key }) => {
      await ctx.store.create('effects', { key })
      await pause(Math.random() * 30)
      return ActionResult.success({ key }, 'Written.')
    })
chat.function('work', { description: 'Writes one effect under its key, in the background.', params, background: true, actionType: 'write', effects: ['create:effect'] },
  async (ctx, { key }) => {
    for (let n = 1; n <= 4; n++) { await pause(Math.random() * 100); await ctx.progress(20 * n, 'working') }
    await ctx.store.create('effects', { key })
    await pause(Math.random() * 100)
    return ActionResult.success({ key }, 'Worked.')
  })
for (const name of ['follow', 'close'])
  chat.function(name, { description: 'Writes one effect of a step of an automation under its key.', params, actionType: 'write', effects: ['create:step'] },
    async (ctx, { key }) => {
      await pause(Math.random() * 60)
      await ctx.store.create('steps', { key: name + ' ' + key })
      await pause(Math.random() * 60)
      return ActionResult.success({ key }, 'Followed.')
    })
chat.function('wipe', { description: 'Writes one effect that a person has to confirm first, under its key.', params, actionType: 'destructive', effects: ['delete:effect'] },
  async (ctx, { key }) => {
    await ctx.store.create('effects', { key })
    await pause(Math.random() * 30)
    return ActionResult.success({ key }, 'Wiped.')
  })
chat.function('detach', { description: 'Leaves work behind that goes on after the answer.', params, actionType: 'write', effects: ['create:detached'] },
  async (ctx, { key }) => {
    await ctx.backgroundTask(async (task) => {
      await pause(Math.random() * 300)
      await task.store.create('detached', { key })
      return ActionResult.success({ key }, 'Done later.')
    }, { name: 'later ' + key })
    return ActionResult.success({ key }, 'Begun.')
  })
chat.function('count', { description: 'Counts the effects that there are.', params: z.object({}) },
  async (ctx) => ActionResult.success({ count: await ctx.store.count('effects') }, 'Counted.'))
ext.webhook('/post', { method: 'POST', deliveryHeader: 'X-Delivery' }, async (ctx, request) => {
  const { key } = request.json()
  await pause(Math.random() * 60)
  await ctx.store.forUser(request.queryParams.for ?? '').set('posts', key, { key })
  await pause(Math.random() * 60)
  return WebhookResponse.ok({ key })
})
ext.schedule('tick', { cron: '* * * * *' }, async (ctx) => {
  for await (const userId of ctx.store.listUsers())
    await ctx.asUser(userId).store.create('ticks', { minute: new Date().toISOString().slice(0, 16) })
})
`

/** Hears of each effect, at least once, and writes it down under the id of the event. */
export const EAR = `
import { ActionResult, ChatExtension, Extension } from '@imperal/sdk'
import * as z from 'zod'
export const ext = new Extension('crashear', {
  version: '1.0.0', displayName: 'Crash ear', description: 'Hears of each effect of the crash lab and writes it down, for the tests.',
  icon: 'icon.svg', capabilities: ['crashear:read', 'crashear:write'],
})
new ChatExtension(ext, { toolName: 'crashear', description: 'Hears of effects.' }).function('count',
  { description: 'Counts what was heard of so far.', params: z.object({}) },
  async (ctx) => ActionResult.success({ count: await ctx.store.count('heard') }, 'Counted.'))
for (const name of ['write', 'paid'])
  ext.onEvent('crashlab.' + name, async (ctx, event) => {
    await ctx.store.set('heard', event.eventId, { key: event.data.key })
  })
`
/** Writes down each time that somebody installed it. */
export const GUEST = `
import { ActionResult, ChatExtension, Extension } from '@imperal/sdk'
import * as z from 'zod'
export const ext = new Extension('crashguest', {
  version: '1.0.0', displayName: 'Crash guest', description: 'Comes and goes while things break, and has hooks for both, for the tests.',
  icon: 'icon.svg', capabilities: ['crashguest:read', 'crashguest:write'],
})
new ChatExtension(ext, { toolName: 'crashguest', description: 'Comes and goes.' }).function('here',
  { description: 'Says that it is here.', params: z.object({}) }, async () => ActionResult.success({ here: true }, 'Here.'))
ext.onInstall(async (ctx) => {
  await ctx.store.set('stays', 'now', { since: new Date().toISOString() })
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 60))
})
`
/** What one call of \`paid\` costs. */
export const PRICE = 3

import { beforeAll, describe, expect, test } from 'vitest'
import { deploySource } from '../support/extension.ts'
import { type Session, signInAdmin } from '../support/session.ts'
import { existing, person, signIn } from './support/people.ts'
import { becomes, gone, STORY_TIMEOUT, shown } from './support/seeing.ts'
import { centerPanel, say } from './support/shell.ts'
import { useStage, type Visitor } from './support/stage.ts'

// The acceptance scenarios of kernel 18 as a person meets them: typed, read and clicked in the panel, without any model.

const TRIAL = (version: string) => `
import { ActionResult, ChatExtension, Extension, ui } from '@imperal/sdk'
import * as z from 'zod'
export const ext = new Extension('trial', {
  version: '${version}', displayName: 'Trial', description: 'Does whatever the acceptance scenarios ask for, for the tests.',
  icon: 'icon.svg', capabilities: ['trial:read', 'trial:write'],
})
const chat = new ChatExtension(ext, { toolName: 'trial', description: 'Does what is asked for.' })
const Key = z.object({ key: z.string() })
chat.function('make', { description: 'Makes one item under a key.', params: Key, actionType: 'write', effects: ['create:item'] },
  async (ctx, { key }) => { await ctx.store.create('items', { key }); return ActionResult.success({ key }, 'Made ' + key + '.') })
chat.function('erase', { description: 'Erases all items of a key for good.', params: Key.extend({ user_id: z.string().optional() }), actionType: 'destructive', effects: ['delete:item'] },
  async (ctx, { key }) => {
    for (const one of (await ctx.store.query('items', { where: { key } })).data) await ctx.store.delete('items', one.id)
    return ActionResult.success({ key }, 'Erased ' + key + '.')
  })
chat.function('count', { description: 'Counts the items of a key.', params: Key },
  async (ctx, { key }) => ActionResult.success({ count: await ctx.store.count('items', { key }) }, 'Counted by version ${version}.'))
chat.function('ponder', { description: 'Thinks for some seconds and says who thought.', params: z.object({ seconds: z.number() }) },
  async (_ctx, { seconds }) => { await new Promise((resolve) => setTimeout(resolve, seconds * 1000)); return ActionResult.success({}, 'Thought over by version ${version}.') })
ext.panel('nosy', { slot: 'center', title: 'Nosy', icon: 'Eye', defaultOpen: true }, async (ctx) => {
  const { skeleton } = ctx as unknown as { skeleton: { get(section: string): Promise<unknown> } }
  return ui.Text(await skeleton.get('items').then(() => 'it read it', (error) => error.constructor.name))
})
ext.skeleton('items', { ttl: 300, description: 'How many items there are' }, async (ctx) => ({ response: { items: await ctx.store.count('items', {}) } }))
`
const LOCKED = `
import { ActionResult, ChatExtension, Extension } from '@imperal/sdk'
import * as z from 'zod'
export const ext = new Extension('locked', {
  version: '1.0.0', displayName: 'Locked', description: 'Needs a secret of its user before it does anything, for the tests.', icon: 'icon.svg', capabilities: ['locked:read'],
})
const token = ext.secret({ name: 'token', description: 'A token.', required: true, writeMode: 'user' })
new ChatExtension(ext, { toolName: 'locked', description: 'Needs a secret.' }).function('unlock', { description: 'Opens with the secret of its user.', params: z.object({}) },
  async (ctx) => ActionResult.success({}, 'Opened with ' + (await ctx.secrets.get(token)).length + ' characters.'))
`
const TTL_SECONDS = 20
const stage = useStage(async () => ({
  IMPERAL_CONFIRMATION_TTL_S: String(TTL_SECONDS),
  IMPERAL_PROMOTION_THRESHOLD_MS: '60000',
}))

let admin: Session
beforeAll(async () => {
  admin = await signInAdmin(stage.server)
  await deploySource(stage.server.url, admin, TRIAL('1.0.0'))
  await deploySource(stage.server.url, admin, LOCKED)
}, 240_000)

const card = ({ page }: Visitor) => page.getByRole('region', { name: 'Confirmation' })
const answer = ({ page }: Visitor, text: string | RegExp) =>
  page.getByRole('log', { name: 'Conversation' }).getByRole('article', { name: 'Assistant' }).filter({ hasText: text })
const command = (name: string, args: object) => `/${name} ${JSON.stringify(args)}`
const count = async (key: string) =>
  ((await admin.call('trial', 'count', { key })).data as { count: number } | null)?.count

/** The administrator at a desk of the panel. */
async function atDesk(): Promise<Visitor> {
  const visitor = await stage.open()
  const { adminEmail: email, adminPassword: password } = stage.server
  await signIn(visitor, { email, password })
  return visitor
}

describe('[kernel 18] in the browser', () => {
  test(
    '[scenario 3] a card that nobody decided in time says so, and nothing was run',
    async () => {
      await admin.call('trial', 'make', { key: 'three' })
      const visitor = await atDesk()
      await say(visitor, command('trial.erase', { key: 'three' }))
      await shown(card(visitor))
      await shown(answer(visitor, 'expired, nothing was run'))
      await gone(card(visitor))
      expect(await count('three')).toBe(1)
    },
    STORY_TIMEOUT,
  )

  test(
    '[scenario 4] the app is switched off between the card and the yes: the click is refused, and told honestly',
    async () => {
      await admin.call('trial', 'make', { key: 'four' })
      const visitor = await atDesk()
      visitor.expectErrors(/Failed to load resource/)
      await say(visitor, command('trial.erase', { key: 'four' }))
      await shown(card(visitor))
      await admin.request('POST', '/v1/me/extensions/disable', { app_id: 'trial' })
      try {
        const asks = { user_id: admin.userId, function: 'count', params: { key: 'four' } }
        await becomes(async () => (await admin.request('POST', '/v1/extensions/trial/call', asks)).status, 403)
        await card(visitor).getByRole('button', { name: /Erase/ }).click()
        await gone(card(visitor))
        await gone(answer(visitor, 'Erased four.'))
      } finally {
        await admin.request('DELETE', '/v1/me/extensions/disable/trial')
      }
      const left = async () => count('four').catch(() => undefined)
      await becomes(left, 1)
    },
    STORY_TIMEOUT,
  )

  test(
    '[scenario 14] a missing secret is told before the handler runs; once the person has set it, the same words work',
    async () => {
      const visitor = await atDesk()
      await say(visitor, '/locked.unlock {}')
      await shown(answer(visitor, 'needs a secret from you first: token'))
      await answer(visitor, 'needs a secret').getByRole('link', { name: 'Set it here' }).click()
      const field = visitor.page.getByLabel('Value', { exact: true })
      await field.fill('canary of the secret')
      await visitor.page.getByRole('button', { name: 'Save value' }).click()
      await shown(visitor.page.getByRole('button', { name: 'Replace value' }))
      await visitor.go('/')
      await say(visitor, '/locked.unlock {}')
      await shown(answer(visitor, 'Opened with 20 characters.'))
      expect(await visitor.page.content()).not.toContain('canary of the secret')
    },
    STORY_TIMEOUT,
  )

  test(
    '[scenario 15] words that name another tenant are refused, and nothing is made',
    async () => {
      const visitor = await atDesk()
      await say(visitor, command('trial.make', { key: 'fifteen', tenant_id: 'acme' }))
      await shown(answer(visitor, /make/i))
      await gone(answer(visitor, 'Made fifteen.'))
      expect(await count('fifteen')).toBe(0)
    },
    STORY_TIMEOUT,
  )

  test(
    '[scenario 16] an administrator who destroys for somebody else is asked, whatever the settings say',
    async () => {
      const eve = await existing(stage.server, person('Eve'))
      await admin.request('PATCH', '/v1/me/settings', { confirmation_enabled: false })
      const visitor = await atDesk()
      await say(visitor, command('trial.erase', { key: 'sixteen', user_id: eve.userId }))
      await shown(card(visitor))
      await card(visitor).getByRole('button', { name: 'Cancel' }).click()
      await gone(card(visitor))
      await shown(answer(visitor, /declined by you/))
    },
    STORY_TIMEOUT,
  )

  test(
    '[scenario 18] a deploy during use: what runs ends on the old code, and what is said next is done by the new',
    async () => {
      const visitor = await atDesk()
      await say(visitor, command('trial.ponder', { seconds: 12 }))
      await shown(visitor.page.getByText('ponder').first())
      await deploySource(stage.server.url, admin, TRIAL('1.1.0'))
      await shown(answer(visitor, 'Thought over by version 1.0.0.'))
      await say(visitor, command('trial.count', { key: 'eighteen' }))
      await shown(answer(visitor, 'Counted by version 1.1.0.'))
    },
    STORY_TIMEOUT,
  )

  test(
    '[scenario 19] a panel that reaches for what only the assistant may read shows the refusal',
    async () => {
      const visitor = await atDesk()
      await visitor.go('/ext/trial')
      await shown(centerPanel(visitor, 'Trial').getByText('SkeletonAccessForbidden'))
    },
    STORY_TIMEOUT,
  )
})

test(
  'a form that was sent in one browser is done in the other one, live and after a reload',
  async () => {
    const ivy = person('Ivy')
    await existing(stage.server, ivy, ['notes'])
    const here = await stage.open()
    const there = await stage.open()
    await signIn(here, ivy)
    await signIn(there, ivy)
    await say(here, 'create a note')
    const form = (visitor: Visitor) => visitor.page.getByRole('region', { name: 'Notes: Create note' })
    await shown(form(there))
    await shown(form(here).getByRole('textbox', { name: /^Title/ }))
    await form(here)
      .getByRole('textbox', { name: /^Title/ })
      .fill('From one browser')
    await form(here).getByRole('button', { name: 'Create note', exact: true }).click()
    await gone(form(here))
    await gone(form(there))
    await there.page.reload()
    await shown(there.page.getByRole('list', { name: 'Functions that were run' }).getByText('create_note'))
    await gone(form(there))
  },
  STORY_TIMEOUT,
)

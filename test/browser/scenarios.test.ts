import type { Rule } from '@imperal/contract'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { plan } from '../support/assistant.ts'
import { createApp, deploySource } from '../support/extension.ts'
import { superuserOf } from '../support/program.ts'
import { startTestServer } from '../support/server.ts'
import { type Session, send, signInAdmin, signIn as signInByApi, until } from '../support/session.ts'
import { existing, type Person, person, signIn } from './support/people.ts'
import { useScriptedModel } from './support/script.ts'
import { becomes, gone, STORY_TIMEOUT, shown } from './support/seeing.ts'
import { centerPanel, leftPanel, openApp, row, rowAction, say } from './support/shell.ts'
import { useStage, type Visitor } from './support/stage.ts'

// The acceptance scenarios of kernel 18 that are about apps, rights, money and time, as a person meets them in the panel. What
// is said is planned by a scripted model; how it is planned and told is the matter of scenarios-chat.test.ts.

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
chat.function('paid', { description: 'Makes one item for money, or fails when it is told to.', params: Key, actionType: 'write', effects: ['create:item'] },
  async (ctx, { key }) => {
    if (key === 'fail') return ActionResult.error('It failed as asked.', { code: 'AS_ASKED' })
    await ctx.store.create('items', { key })
    return ActionResult.success({ key }, 'Made ' + key + ' for money.')
  })
const pause = () => new Promise((resolve) => setTimeout(resolve, 170_000))
chat.function('cut', { description: 'Makes one item and then never ends.', params: Key, background: true, actionType: 'write', effects: ['create:item'] },
  async (ctx, { key }) => { await ctx.store.create('items', { key }); await pause(); return ActionResult.success({ key }, 'Too late.') })
chat.function('delay', { description: 'Makes one item when a place is free for it.', params: Key, background: true, actionType: 'write', effects: ['create:item'] },
  async (ctx, { key }) => {
    if ((await ctx.store.count('items', { key: 'free' })) === 0) await pause()
    await ctx.store.create('items', { key })
    return ActionResult.success({ key }, 'Made ' + key + ' at last.')
  })
${version === '1.0.0' ? '' : "chat.function('greet', { description: 'Greets, since the newer version.', params: z.object({}) }, async () => ActionResult.success({}, 'Greetings from the newer version.'))"}
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
const model = useScriptedModel()
const stage = useStage(() => model.start())
const eve = person('Eve')

let admin: Session
let evesToken: Session
beforeAll(async () => {
  if (inject('chromium') === '') return
  admin = await signInAdmin(stage.server)
  await createApp(admin, 'trial', 'Trial')
  const free_tools = ['make', 'erase', 'count', 'ponder', 'cut', 'delay']
  const pricing = { pricing_model: 'per_action', pricing_config: { tool_prices: { paid: 7 }, free_tools } }
  await admin.request('PUT', '/v1/developer/apps/trial', { category: 'productivity', ...pricing })
  await deploySource(stage.server.url, admin, TRIAL('1.0.0'))
  const submitted = await admin.request('POST', '/v1/developer/apps/trial/submit', {})
  expect(submitted.body).toMatchObject({ status: 'pending_review' })
  const approved = await admin.request('POST', '/v1/admin/apps/trial/approve', {})
  expect(approved.body).toMatchObject({ status: 'active' })
  await deploySource(stage.server.url, admin, LOCKED)
  evesToken = await existing(stage.server, eve, ['trial'])
}, 240_000)

async function rows<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
  const client = await superuserOf(stage.server.dataDir)
  try {
    await client.query("select set_config('imperal.tenant', '*', false)") // for triggers, which act as the owner
    return (await client.query(text, values)).rows as Row[]
  } finally {
    await client.end()
  }
}
const card = ({ page }: Visitor) => page.getByRole('region', { name: 'Confirmation' })
const answer = ({ page }: Visitor, text: string | RegExp) =>
  page.getByRole('log', { name: 'Conversation' }).getByRole('article', { name: 'Assistant' }).filter({ hasText: text })
const count = async (key: string) =>
  ((await admin.call('trial', 'count', { key })).data as { count: number } | null)?.count
const endsOf = (tool: string) =>
  rows<{ status: string; confirmation: string | null; retention_class: string }>(
    "select status, confirmation, retention_class from ledger.action where function = $1 and status <> 'intercepted' order by completed_at desc limit 1",
    [tool],
  )

async function atDesk(
  who: Pick<Person, 'email' | 'password'> = { email: stage.server.adminEmail, password: stage.server.adminPassword },
): Promise<Visitor> {
  const visitor = await stage.open()
  await signIn(visitor, who)
  return visitor
}

/** Says something that the model plans as one call. */
async function asks(visitor: Visitor, words: string, tool: string, args: object, intent = 'write'): Promise<void> {
  model.script.classify = () => plan([{ tool, args }], { intent })
  await say(visitor, words)
}

describe('[kernel 18] in the browser', () => {
  test(
    '[scenario 3] a card that nobody decided in time: a late yes is a 410, nothing was run, and the row says so',
    async () => {
      await admin.call('trial', 'make', { key: 'three' })
      const visitor = await atDesk()
      visitor.expectErrors(/410/)
      await asks(visitor, 'erase everything under three', 'trial.erase', { key: 'three' })
      await shown(card(visitor))
      await rows("update kernel.confirmation set expires_at = now() - interval '1 second' where status = 'pending'")
      const late = visitor.page.waitForResponse((response) => response.url().endsWith('/confirm'))
      await card(visitor).getByRole('button', { name: /Erase/ }).click()
      expect((await late).status()).toBe(410)
      await shown(answer(visitor, 'expired, nothing was run'))
      await gone(card(visitor))
      expect(await count('three')).toBe(1)
      await becomes(
        () => endsOf('erase'),
        [{ status: 'cancelled', confirmation: 'expired', retention_class: 'federal_7y' }],
      )
    },
    STORY_TIMEOUT,
  )

  test(
    '[scenario 4] the app is switched off between the card and the yes: the click is refused, and told honestly',
    async () => {
      // A second attempt must not count what the first one left.
      const before = (await count('four')) ?? 0
      await admin.call('trial', 'make', { key: 'four' })
      const visitor = await atDesk()
      visitor.expectErrors(/Failed to load resource/)
      await asks(visitor, 'erase everything under four', 'trial.erase', { key: 'four' })
      await shown(card(visitor))
      await admin.request('POST', '/v1/me/extensions/disable', { app_id: 'trial' })
      try {
        const asks = { user_id: admin.userId, function: 'count', params: { key: 'four' } }
        await becomes(async () => (await admin.request('POST', '/v1/extensions/trial/call', asks)).status, 403)
        await card(visitor).getByRole('button', { name: /Erase/ }).click()
        await gone(card(visitor))
        // The message of the card says it, and so does the answer.
        await shown(answer(visitor, /switched off|not (?:enabled|installed|allowed)/).first())
        expect(await answer(visitor, 'Erased four.').count()).toBe(0)
        await becomes(async () => (await endsOf('erase'))[0]?.status, 'denied')
      } finally {
        await admin.request('DELETE', '/v1/me/extensions/disable/trial')
      }
      const left = async () => count('four').catch(() => undefined)
      await becomes(left, before + 1)
    },
    STORY_TIMEOUT,
  )

  test(
    '[scenario 14] a missing secret is told before the handler runs; once the person has set it, the same words work',
    async () => {
      const visitor = await atDesk()
      await asks(visitor, 'unlock it for me', 'locked.unlock', {}, 'read')
      await shown(answer(visitor, 'needs a secret from you first: token'))
      await answer(visitor, 'needs a secret').getByRole('link', { name: 'Set it here' }).click()
      const field = visitor.page.getByLabel('Value', { exact: true })
      await field.fill('canary of the secret')
      await visitor.page.getByRole('button', { name: 'Save value' }).click()
      await shown(visitor.page.getByRole('button', { name: 'Replace value' }))
      await visitor.go('/')
      await asks(visitor, 'unlock it for me', 'locked.unlock', {}, 'read')
      await shown(answer(visitor, 'Opened with 20 characters.'))
      expect(await visitor.page.content()).not.toContain('canary of the secret')
    },
    STORY_TIMEOUT,
  )

  test(
    '[scenario 15] words that name another tenant are refused, and nothing is made',
    async () => {
      const visitor = await atDesk()
      await say(visitor, `/trial.make ${JSON.stringify({ key: 'fifteen', tenant_id: 'acme' })}`)
      await shown(answer(visitor, /make/i))
      await gone(answer(visitor, 'Made fifteen.'))
      expect(await count('fifteen')).toBe(0)
      await becomes(async () => (await endsOf('make'))[0]?.retention_class, 'security_forever')
      expect(await endsOf('make')).toMatchObject([{ status: 'denied' }])
    },
    STORY_TIMEOUT,
  )

  test(
    '[scenario 16] an administrator who destroys for somebody else is asked, whatever the settings say',
    async () => {
      await admin.request('PATCH', '/v1/me/settings', { confirmation_enabled: false })
      const visitor = await atDesk()
      await asks(visitor, `erase sixteen of ${evesToken.userId}`, 'trial.erase', {
        key: 'sixteen',
        user_id: evesToken.userId,
      })
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
      // After five seconds it goes on as a task. It was taken for a change, which it is not, and is not planned again for that.
      await asks(visitor, 'ponder for 12 seconds', 'trial.ponder', { seconds: 12 })
      await shown(visitor.page.getByRole('list', { name: 'Tasks that were begun here' }))
      await deploySource(stage.server.url, admin, TRIAL('1.1.0'))
      await asks(visitor, 'greet me', 'trial.greet', {}, 'read')
      await shown(answer(visitor, 'Greetings from the newer version.'))
      await shown(answer(visitor, 'Thought over by version 1.0.0.'))
      await becomes(async () => (await rows("select 1 from ledger.action where function = 'ponder'")).length, 1)
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

  test(
    '[scenario 11] a rule that was said: a mail makes a note, the second one waits, a rule that makes rules is refused, resuming counts anew',
    async () => {
      const visitor = await atDesk()
      const rule = (tool: string, args: object) => ({
        prompt: 'keep invoices as notes',
        name: 'Keep invoices',
        trigger_filter: {
          event_type: 'email.received',
          conditions: [{ path: 'data.subject', op: 'contains', value: 'invoice' }],
        },
        actions: [{ app_id: tool.split('.')[0], tool: tool.split('.')[1], args }],
        cooldown_seconds: 3_600,
      })
      const makes = 'automations.create_automation'
      await asks(
        visitor,
        'whenever a mail about an invoice comes, keep it as a note',
        makes,
        rule('notes.create_note', { title: '{{event.data.subject}}' }),
      )
      await shown(answer(visitor, /create_automation/))
      await openApp(visitor, 'Automations')
      const kept = row(leftPanel(visitor, 'Automations'), 'Keep invoices')
      await shown(kept.getByText('active'))
      const mail = (subject: string) =>
        send(
          `${stage.server.url}/v1/internal/events/publish`,
          'POST',
          {
            ...{ tenant_id: 'default', scope: 'email', action: 'received', id: subject },
            ...{ actor: admin.userId, user_id: admin.userId, data: { subject } },
          },
          { 'x-service-token': stage.server.serviceToken },
        )
      await mail('Your invoice 81')
      await shown(kept.getByText('1 run'))
      await mail('Your invoice 82')
      const stored = async () => ((await admin.request('GET', '/v1/automations')).body as Rule[])[0]
      await becomes(async () => (await stored())?.skipped.cooldown, 1)
      expect(await stored()).toMatchObject({ trigger_count: 1, success_count: 1 })
      const titles = await rows(
        "select data ->> 'title' as title from store.document where app_id = 'notes' and data ->> 'title' like 'Your invoice%'",
      )
      expect(titles).toEqual([{ title: 'Your invoice 81' }])

      await asks(visitor, 'and make a rule that makes rules', makes, rule(makes, { prompt: 'again and again' }))
      await shown(answer(visitor, /create automation did not work/))
      expect((await admin.request('GET', '/v1/automations')).body).toHaveLength(1)

      // Under the mouse the actions of a row stand where its state is.
      const says = (word: string) => becomes(() => kept.getByText(word, { exact: true }).count(), 1)
      await rowAction(visitor, kept, 'Pause')
      await says('paused')
      await rowAction(visitor, kept, 'Resume')
      await says('active')
      await says('0 runs')
    },
    STORY_TIMEOUT,
  )

  test(
    '[S003 automation engine] words become a draft that is read first; nothing is made of one that is discarded, and a saved one runs',
    async () => {
      const visitor = await atDesk()
      const before = ((await admin.request('GET', '/v1/automations')).body as Rule[]).length
      const rules = async () => (await admin.request('GET', '/v1/automations')).body as Rule[]
      const understood = (draft: object) => {
        model.script.talk = () => ({
          text: JSON.stringify({ schedule: null, when: null, conditions: [], refusal: null, ...draft }),
        })
      }
      const step = (app_id: string, tool: string, args: object) => ({
        app_id,
        tool,
        args: JSON.stringify(args),
        message: null,
      })
      const about = { path: 'data.subject', op: 'contains', value: '"offer"' }
      await openApp(visitor, 'Automations')
      const panel = leftPanel(visitor, 'Automations')
      const type = async (words: string) => {
        const field = panel.getByPlaceholder('When …, then …')
        await field.fill(words)
        await field.press('Enter')
      }

      understood({
        ...{ name: 'Keep offers', interpretation: 'When a mail about an offer comes, it becomes a note.' },
        ...{ event_type: 'email.received', conditions: [about] },
        actions: [step('notes', 'create_note', { title: 'Kept: {{event.data.subject}}' })],
      })
      await type('if a mail about an offer arrives, save a note')
      await shown(panel.getByText('Draft: Keep offers'))
      await shown(panel.getByText('When a mail about an offer comes, it becomes a note.'))
      await shown(panel.getByText('data.subject contains “offer”', { exact: false }))
      await shown(panel.getByText('1. Notes: Create note'))
      await visitor.picture('automations-draft')
      // Seen, and nothing more: there is no rule yet.
      expect(await rules()).toHaveLength(before)
      await panel.getByRole('button', { name: 'Discard' }).click()
      await gone(panel.getByText('Draft: Keep offers'))
      expect(await rules()).toHaveLength(before)

      await type('if a mail about an offer arrives, save a note')
      await panel.getByRole('button', { name: 'Save the rule' }).click()
      await shown(row(panel, 'Keep offers').getByText('active'))
      await gone(panel.getByText('Draft: Keep offers'))
      const offers = (await rules()).find(({ name }) => name === 'Keep offers')
      expect(offers).toMatchObject({
        trigger_filter: {
          event_type: 'email.received',
          conditions: [{ path: 'data.subject', op: 'contains', value: 'offer' }],
        },
        interpretation: 'When a mail about an offer comes, it becomes a note.',
      })
      await send(
        `${stage.server.url}/v1/internal/events/publish`,
        'POST',
        {
          ...{ tenant_id: 'default', scope: 'email', action: 'received', id: 'offer-1' },
          ...{ actor: admin.userId, user_id: admin.userId, data: { subject: 'An offer for you' } },
        },
        { 'x-service-token': stage.server.serviceToken },
      )
      await shown(row(panel, 'Keep offers').getByText('1 run'))
      expect(
        await rows(
          "select data ->> 'title' as title from store.document where app_id = 'notes' and data ->> 'title' like 'Kept: %'",
        ),
      ).toEqual([{ title: 'Kept: An offer for you' }])

      understood({
        ...{
          name: 'Open deals',
          interpretation: 'Every morning at nine, it makes one item.',
          event_type: 'system.scheduled',
        },
        ...{ schedule: '0 9 * * *', actions: [step('trial', 'paid', { key: 'fail' })] },
      })
      await type('every morning at nine make the item')
      await shown(panel.getByText('every day at nine', { exact: false }))
      await panel.getByRole('button', { name: 'Save the rule' }).click()
      await shown(row(panel, 'Open deals').getByText('active'))
      for (const { rule_id } of await rules()) await admin.request('DELETE', `/v1/automations/${rule_id}`)
    },
    STORY_TIMEOUT,
  )

  test(
    '[scenario 7] a worker that is killed amid a write says that nobody knows, and repeats nothing; what had no effect yet is done once',
    async () => {
      const visitor = await atDesk()
      visitor.expectErrors(/Failed to load resource|ERR_/)
      await asks(visitor, 'cut seven', 'trial.cut', { key: 'seven' })
      await becomes(() => count('seven'), 1)
      await asks(visitor, 'make eight when there is a place', 'trial.delay', { key: 'eight' })
      const running = () => rows("select 1 from kernel.task where function = 'delay' and status = 'running'")
      await until(async () => (await running()).length === 1, 60_000)
      const { url, registryUrl, dataDir } = stage.server
      await stage.server.kill9()
      const again = await startTestServer({
        dataDir,
        env: { ...model.settings(), PORT: new URL(url).port, IMPERAL_REGISTRY_PORT: new URL(registryUrl).port },
      })
      // Nobody waits half a minute for the last word of a process that was killed.
      await rows("update kernel.node set heartbeat_at = now() - interval '1 minute' where name not like '% ' || $1", [
        String(again.pid),
      ])
      admin = await signInAdmin(again)
      await admin.call('trial', 'make', { key: 'free' })
      // Nobody loads the page again: it finds the server, and the server finds what was lost.
      await shown(answer(visitor, /unknown/))
      await shown(answer(visitor, 'Made eight at last.'))
      expect([await count('seven'), await count('eight')]).toEqual([1, 1])
      const tasks = await rows(
        "select function as tool, status, attempt from kernel.task where function in ('cut', 'delay') order by 1",
      )
      expect(tasks).toEqual([
        { tool: 'cut', status: 'failed', attempt: 1 },
        { tool: 'delay', status: 'done', attempt: 2 },
      ])
    },
    STORY_TIMEOUT,
  )

  test(
    '[scenario 17] money in the wallet: a failure costs nothing, with an own key only the price of the app is paid, and shares are floored',
    async () => {
      const who = await signInByApi(stage.server, eve.email, eve.password)
      const visitor = await atDesk(eve)
      const available = async () =>
        ((await who.request('GET', '/v1/billing/wallet')).body as { available: number }).available
      const before = await available()
      await asks(visitor, 'make something that fails for money', 'trial.paid', { key: 'fail' })
      await shown(answer(visitor, /paid did not work/))
      await becomes(available, before)

      const llm = { provider: 'openai_compatible', base_url: model.url, model: 'own', api_key: 'sk-own-key-of-eve' }
      expect((await who.request('PATCH', '/v1/me/settings', { llm })).status).toBe(200)
      await asks(visitor, 'make seventeen for money', 'trial.paid', { key: 'seventeen' })
      await shown(answer(visitor, 'Made seventeen for money.'))
      await becomes(available, before - 7)
      expect(model.requests.at(-1)?.key).toBe('sk-own-key-of-eve')
      await visitor.go('/wallet')
      await shown(visitor.page.getByText(`${before - 7} credits available`))
      const entries = await rows<{ account: string; amount: number }>(
        `select split_part(account, ':', 1) as account, amount::int from billing.entry where transaction_id in
         (select transaction_id from billing.entry where account = $1 and amount = -7) order by 1`,
        [`user:${who.userId}`],
      )
      // Seventy per cent of seven are 4.9.
      expect(entries).toEqual([
        { account: 'developer', amount: 4 },
        { account: 'platform', amount: 3 },
        { account: 'user', amount: -7 },
      ])
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

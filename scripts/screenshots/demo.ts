import { starter } from '../../apps/panel/src/pages/developer/starter.ts'
import { type Account, signIn } from './api.ts'
import type { Ids } from './surfaces.ts'

const DAY_MS = 86_400_000
const daysAhead = (days: number, clock = ''): string =>
  `${new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10)}${clock}`

const NOTES: readonly { title: string; content_text: string; folder?: string }[] = [
  {
    title: 'Ferry to Hoek',
    content_text: '- **Friday** 9:40 from Harwich\n- two bicycles, one trailer\n- cabin 4127',
    folder: 'Travel',
  },
  {
    title: 'Roof: three offers',
    content_text:
      '| Firm | Price | Weeks |\n|---|---:|---:|\n| Brandt | 14,200 | 3 |\n| Okafor & Sons | 12,900 | 5 |\n| Dachwerk | 15,750 | 2 |',
    folder: 'House',
  },
  {
    title: 'Questions for the bank',
    content_text: '1. Why two fees in September?\n2. Can the card be limited per country?',
    folder: 'House',
  },
  { title: 'Reading list', content_text: '- [x] The Dispossessed\n- [ ] Piranesi\n- [ ] A Pattern Language' },
  {
    title: 'Bread, 78 % hydration',
    content_text:
      'Flour 800 g, water 624 g, salt 16 g, starter 160 g.\n\n> [!NOTE]\n> Fold three times in the first two hours.',
  },
]
const TASKS: readonly { title: string; due?: string; list?: string }[] = [
  { title: 'Send the offer to Brandt', due: daysAhead(-1) },
  { title: 'Renew the passport', due: daysAhead(2) },
  { title: 'Book the dentist', due: daysAhead(5) },
  { title: 'Order a filter for the dishwasher' },
]
const PEOPLE = [
  'Grace Hopper',
  'Alan Turing',
  'Katherine Johnson',
  'Edsger Dijkstra',
  'Barbara Liskov',
  'Radia Perlman',
]
const APPS = ['notes', 'tasks', 'calendar', 'memory', 'files', 'web', 'webhooks-inbox', 'notifications']

/** What the assistant is asked beforehand, so that the chat has something to show. */
const MESSAGES = ['list my notes', 'list my tasks']

const FLOW = {
  app_id: 'plant-care',
  name: 'Plant care',
  short_description: 'Says which plants want water today',
  description: 'Keeps your plants, when each was watered last, and tells you in the morning which ones are due.',
  category: 'productivity',
}

const REVIEW = {
  rating: 5,
  title: 'Does what it says',
  body: 'Keeps what I write down, finds it again, and never gets in the way.',
}
const RULE = {
  prompt: '',
  name: 'Note what is done',
  trigger_filter: { event_type: 'tasks.completed', conditions: [] },
  actions: [{ app_id: 'notes', tool: 'create_note', args: { title: 'Done: {{event.data.title}}' } }],
}
const MORNING = {
  prompt: '',
  name: 'What is due today',
  trigger_filter: { event_type: 'system.scheduled', schedule: '30 7 * * 1-5', conditions: [] },
  actions: [{ app_id: 'tasks', tool: 'list_tasks', args: { show: 'due' } }],
}

async function fillApps(account: Account): Promise<void> {
  for (const app of APPS) await account.ask('POST', `/v1/marketplace/apps/${app}/install`, {})
  for (const name of ['Travel', 'House']) await account.call('notes', 'create_folder', { name })
  const folders = (await account.call('notes', 'list_folders')).folders as { folder_id: string; name: string }[]
  for (const { folder, ...note } of NOTES) {
    const folder_id = folders.find(({ name }) => name === folder)?.folder_id
    await account.call('notes', 'create_note', { ...note, ...(folder_id === undefined ? {} : { folder_id }) })
  }
  for (const task of TASKS) await account.call('tasks', 'add_task', task)
  const events: readonly (readonly [title: string, day: number, clock: string])[] = [
    ['Review of the roof offers', 1, 'T15:30:00Z'],
    ['Ferry to Hoek', 3, 'T09:40:00Z'],
    ['Dinner with Radia', 4, 'T19:00:00Z'],
  ]
  for (const [title, day, clock] of events)
    await account.call('calendar', 'add_event', { title, start: daysAhead(day, clock) })
  for (const text of ['Coffee: oat milk, no sugar', 'The spare key is with Barbara'])
    await account.call('memory', 'remember', { text })
}

async function talk(account: Account): Promise<void> {
  for (const text of MESSAGES) {
    const sent = (await account.ask('POST', '/v1/chat/messages', { text, conversation_id: 'default' })) as {
      reply_id: string
    }
    for (let look = 0; look < 200; look++) {
      const { messages } = (await account.ask('GET', '/v1/chat/messages?conversation_id=default&limit=50')) as {
        messages: { message_id: string; status: string }[]
      }
      if (messages.some((message) => message.message_id === sent.reply_id && message.status !== 'processing')) break
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

const PASSWORD = 'quiet rivers turn slowly'
const mailOf = (name: string): string => `${name.replace(' ', '.')}@example.com`.toLowerCase()

async function letPeopleIn(url: string, account: Account): Promise<Account> {
  for (const [index, name] of PEOPLE.entries()) {
    const [first_name, last_name] = name.split(' ')
    const role = index === 1 ? 'admin' : 'user'
    await account.ask('POST', '/v1/users', { email: mailOf(name), password: PASSWORD, role, first_name, last_name })
  }
  const [reviewer = '', , , , , newcomer = ''] = PEOPLE
  const grace = await signIn(url, mailOf(reviewer), PASSWORD)
  await grace.ask('POST', '/v1/marketplace/apps/notes/install', {})
  for (let uses = 0; uses < 3; uses++) await grace.call('notes', 'list_notes')
  await grace.ask('POST', '/v1/marketplace/apps/notes/reviews', REVIEW)
  return signIn(url, mailOf(newcomer), PASSWORD)
}

/** An app of one's own that people use and that waits for review. */
async function publish(account: Account): Promise<void> {
  const profile = await account.ask('GET', '/v1/developer/profile').catch(() => null)
  if (profile === null)
    await account.ask('POST', '/v1/developer/register', { display_name: 'Ada', nickname: 'ada-works' })
  await account.ask('POST', '/v1/developer/apps', FLOW)
  const path = `/v1/developer/apps/${FLOW.app_id}`
  await account.ask('POST', `${path}/ir`, { ir_dict: starter(FLOW.app_id, FLOW.name), dev_mode: true })
  await account.ask('POST', `/v1/marketplace/apps/${FLOW.app_id}/install`, {})
  for (const title of ['Fern', 'Monstera', 'Basil', 'Aloe']) await account.call(FLOW.app_id, 'add_entry', { title })
  await account.call(FLOW.app_id, 'list_entries')
  await account.ask('POST', `${path}/ir`, { ir_dict: starter(FLOW.app_id, FLOW.name), dev_mode: false })
}

/** Rules, one of which ran; and a payment that waits for the operator. */
async function goOn(account: Account): Promise<number> {
  const rule = (await account.ask('POST', '/v1/automations', RULE)) as { rule_id: number }
  await account.ask('POST', '/v1/automations', MORNING)
  const { tasks } = (await account.call('tasks', 'list_tasks')) as { tasks: { task_id: string }[] }
  await account.call('tasks', 'complete_task', { task_id: tasks.at(-1)?.task_id })
  const { tiers } = (await account.ask('GET', '/v1/billing/topup-config')) as {
    tiers: { tokens: number; price_cents: number }[]
  }
  const [tier] = tiers
  if (tier) await account.ask('POST', '/v1/billing/topup', { tokens: tier.tokens, price_cents: tier.price_cents })
  return rule.rule_id
}

export interface Demo extends Ids {
  /** Somebody who came a minute ago and has nothing yet. */
  readonly newcomer: Account
}

/** Fills a new platform with what a household or a small firm would have after a few weeks. */
export async function fillWithDemo(url: string, account: Account): Promise<Demo> {
  await fillApps(account)
  await talk(account)
  const newcomer = await letPeopleIn(url, account)
  const agency = { agency_id: 'northwind', display_name: 'Northwind Studio' }
  await account.ask('POST', '/v1/agencies', agency)
  await account.ask('POST', '/v1/tenants', { tenant_id: 'harbour', name: 'Harbour Co-operative' })
  await account.ask('POST', '/v1/roles', {
    name: 'bookkeeper',
    display_name: 'Bookkeeper',
    default_scopes: ['billing:read'],
  })
  await publish(account)
  const ruleId = await goOn(account)
  const { notes } = (await account.call('notes', 'list_notes', { limit: 20 })) as {
    notes: { note_id: string; title: string }[]
  }
  const noteId = notes.find(({ title }) => title.startsWith('Roof'))?.note_id ?? ''
  return { noteId, draft: FLOW.app_id, ruleId, newcomer }
}

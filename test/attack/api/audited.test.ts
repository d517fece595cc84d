import { randomUUID } from 'node:crypto'
import type { AnyRoute, AuthKind } from '@imperal/contract'
import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { superuserOf } from '../../support/program.ts'
import { send } from '../../support/session.ts'
import { askWell, letIn } from './asked.ts'
import { fill, missing, PLACES, type Place } from './places.ts'
import { openWorld, PASSWORD, type World } from './world.ts'

let world: World
let database: pg.Client
beforeAll(async () => {
  world = await openWorld()
  database = await superuserOf(world.server.dataDir)
}, 240_000)
afterAll(async () => {
  await database?.end()
  await world?.server.stop()
})

const OF_OPERATORS: ReadonlySet<AuthKind> = new Set(['admin', 'svc-or-admin', 'svc', 'regkey', 'dev', 'svc-or-user'])
const isOperation = (route: AnyRoute): boolean =>
  OF_OPERATORS.has(route.auth) || route.platformOnly === true || route.path.includes('/internal/')

/** What leaves no row of the security log, and why that is right. Whatever else an operator does has to leave one. */
const WITHOUT: readonly { readonly why: string; readonly routes: readonly string[] }[] = [
  {
    why: 'each call, and how it ended, is a row of the ledger of actions, which nobody changes either',
    routes: ['actions.record', 'extensions.call', 'extensions.batch', 'extensions.operate', 'tasks.cancel'],
  },
  {
    why: 'credits that are held, charged and let go are rows of the money ledger; use is counted in rows of its own',
    routes: [
      'billing_internal.track_usage',
      'billing_internal.hold',
      'billing_internal.settle',
      'billing_internal.release',
    ],
  },
  {
    why: 'data of an app for its user, written by the app while it runs: its calls are in the ledger, its documents are not told one by one',
    routes: [
      ...['service_files.upload', 'service_files.remove', 'service_state.set_skeleton', 'service_state.cache'],
      ...['service_state.forget', 'service_store.create', 'service_store.update', 'service_store.remove'],
    ],
  },
  {
    why: 'what is told to somebody is kept where it is told: on the stream, among the notices, in the conversation',
    routes: ['events.publish', 'registry.hub_message', 'service_talk.notify', 'service_talk.inject'],
  },
  {
    why: 'runs of automations are rows of their own, which say how each ended',
    routes: ['automations.internal_triggered', 'automations.internal_check_timeout', 'automations.internal_result'],
  },
  {
    why: 'asks the provider of a payment; money that arrived is written down where it arrives, whoever brings the news',
    routes: ['billing.confirm_topup'],
  },
  {
    why: 'needs a terminal in the middle of a turn; the row is written by what writes it for the other three of its kind',
    routes: ['coding_remote.stop', 'coding_remote.consent'],
  },
  {
    why: 'changes nothing: a model is asked, a key is looked at, a memory is emptied; what a model costs is in its own rows',
    routes: [
      ...['auth.validate_api_key', 'models.test', 'models.service_test', 'models.service_tool_test'],
      ...['models.invalidate', 'service_talk.complete'],
    ],
  },
]
const EXEMPT = new Set(WITHOUT.flatMap(({ routes }) => routes))

interface Asked {
  readonly owned?: Readonly<Record<string, string>>
  readonly body?: object
  readonly query?: object
  /** Headers beside those of whoever is let in. */
  readonly headers?: Readonly<Record<string, string>>
}

const service = () => ({ 'x-service-token': world.server.serviceToken })
const sql = (text: string, values: unknown[] = []) => database.query(text, values)
const DRAFT = 'secret-draft'
/** An app without code, of Ada's. */
async function newApp(appId: string): Promise<string> {
  const body = { app_id: appId, display_name: appId, owner_id: world.ada.userId }
  await send(`${world.server.url}/registry/v1/apps`, 'POST', body, service())
  return appId
}
async function standing(status: string): Promise<Asked> {
  await sql('update registry.app set status = $1 where app_id = $2', [status, DRAFT])
  await sql('update developer.portal_app set suspended_by = null where app_id = $1', [DRAFT])
  // Every node remembers apps until it hears of a change.
  await sql(`select pg_notify('registry.changed', json_build_object('a', $1::text)::text)`, [DRAFT])
  return {}
}
async function newRule(): Promise<Asked> {
  const rule = await world.ada.request('POST', '/v1/automations', {
    prompt: 'Keep what is made.',
    name: randomUUID(),
    trigger_filter: { event_type: 'notes.created' },
    actions: [{ app_id: 'notes', tool: 'create_note', args: { title: 'x' } }],
  })
  return { owned: { rule_id: String((rule.body as { id: number }).id) } }
}
async function newPayment(): Promise<Asked> {
  const order = { tokens: 10_000, price_cents: 1_000 }
  const { body } = await world.ada.request('POST', '/v1/billing/topup', order)
  return { owned: { payment_id: (body as { payment_intent_id: string }).payment_intent_id } }
}
/** Credits that Ada has earned, and none of hers waiting to be paid out. */
async function withEarnings(): Promise<Asked> {
  await sql(`update billing.payout set status = 'approved' where status = 'pending'`)
  await sql(
    `insert into billing.entry (id, tenant_id, transaction_id, account, amount, reason, description, event_id, created_at)
     select 'ent_' || line || $2, 'default', 'txn_' || $2, account, amount, 'action', 'Earned', line || $2, now()
     from (values ('to', 'developer:' || $1, 10000), ('from', 'payments', -10000)) as lines (line, account, amount)`,
    [world.ada.userId, randomUUID()],
  )
  return { body: { amount_tokens: 10_000, amount: undefined } }
}
async function payoutIn(status: string): Promise<Asked> {
  await sql(`update billing.payout set status = 'approved' where status = 'pending'`)
  const { rows } = await sql(
    `update billing.payout set status = $1 where id = (select max(id) from billing.payout where status = 'approved') returning id`,
    [status],
  )
  return { owned: { payout_id: String(rows[0]?.id) } }
}
const rule = { event_type: 'notes.created' }
const actions = [{ app_id: 'notes', tool: 'create_note', args: { title: 'x' } }]

/** What an operation needs besides what anything of its shape has, so that it does what it is for. */
const WITH: Readonly<Record<string, () => Asked | Promise<Asked>>> = {
  'admin.delete_app': async () => {
    const app_id = await newApp('to-purge')
    return { owned: { app_id }, body: { confirm_name: app_id, force: true } }
  },
  'admin.set_app_status': async () => ({ ...(await standing('draft')), body: { status: 'suspended', reason: 'x' } }),
  'admin.sync_app_pricing': () => standing('active'),
  'admin.sync_pricing': () => standing('active'),
  'admin.approve_app': async () => ({ ...(await standing('pending_review')), body: { version: undefined } }),
  'admin.reject_app': () => standing('pending_review'),
  'admin.approve_payment': newPayment,
  'admin.reject_payment': newPayment,
  'admin.approve_payout': () => payoutIn('pending'),
  'admin.reject_payout': () => payoutIn('pending'),
  'admin.pay_payout': () => payoutIn('approved'),
  'automations.create': () => ({ body: { trigger_filter: rule, actions } }),
  'automations.remove': newRule,
  'automations.pause': newRule,
  'automations.resume': async () => {
    const made = await newRule()
    await world.ada.request('POST', `/v1/automations/${made.owned?.rule_id}/pause`)
    return made
  },
  'automations.internal_create': () => ({ body: { user_id: world.ada.userId, trigger_filter: rule, actions } }),
  'automations.internal_update': async () => ({ ...(await newRule()), body: { name: 'other' } }),
  'automations.internal_remove': newRule,
  'billing_internal.plan_feature': () => ({ body: { plan_id: 'pro' } }),
  'billing_internal.user_plan': () => ({ body: { user_id: world.ada.userId, plan_ref: 'pro' } }),
  'billing_internal.set_stripe_config': () => ({ body: { secret_key: undefined, enabled: false } }),
  'coding_remote.change': () => ({ body: { session_id: undefined, enabled: true, steer: ['telegram'] } }),
  'coding_remote.steer': () => ({ body: { session_id: undefined, surface: 'telegram' } }),
  'coding_remote.mode': () => ({ body: { session_id: undefined, surface: 'telegram' } }),
  'config.update': () => ({ owned: { scope: 'tenant', scope_id: 'default' } }),
  'developer.create_app': () => ({ body: { app_id: 'brand-new' } }),
  'developer.update_app': () => standing('draft'),
  'developer.delete_app': async () => {
    const app_id = await newApp('to-delete')
    return { owned: { app_id }, body: { confirm_name: app_id } }
  },
  'developer.deploy': () => standing('draft'),
  'developer.submit': () => standing('draft'),
  'developer.suspend': () => standing('active'),
  'developer.request_payout': withEarnings,
  'developer.request_payout_alias': withEarnings,
  'registry.create_app': () => ({ body: { app_id: 'also-new' } }),
  'registry.create_extension': () => ({ body: { id: 'an-extension' } }),
  'registry.update_extension': () => ({ owned: { ext_id: DRAFT }, body: { display_name: 'Renamed' } }),
  'registry.delete_app': async () => ({ owned: { app_id: await newApp('to-remove') } }),
  'registry.delete_extension': async () => ({ owned: { ext_id: await newApp('to-leave') } }),
  'registry.revoke_key': async () => {
    const made = await send(`${world.server.url}/registry/v1/apps/${DRAFT}/keys`, 'POST', {}, service())
    return { owned: { key_id: (made.body as { key_id: string }).key_id } }
  },
  'registry.put_user_automations': () => ({
    body: { automations: [{ app_id: 'notes', section_name: 'recent', enabled: true }] },
  }),
  'registry.add_user_extension': async () => {
    await world.ada.request('DELETE', '/v1/marketplace/apps/notes/install')
    return { body: { app_id: 'notes' } }
  },
  'registry.remove_user_extension': () => ({ owned: { app_id: 'notes' } }),
  'registry.older_add_user_extension': () => ({ body: { user_id: world.ada.userId, extension_id: 'notes' } }),
  'registry.older_remove_user_extension': () => ({ owned: { ext_id: 'notes' } }),
  'scopes.create': () => ({ body: { resource: 'fresh', action: 'see' } }),
  'service_mail.save_template': () => ({ owned: { case: 'verify_email' }, body: { enabled: true } }),
  'service_mail.test': () => ({ body: { case: 'verify_email', to: 'ada@example.com' } }),
  'tenants.create': () => ({ body: { tenant_id: 'brand-new' } }),
  'tenants.delete': () => ({ owned: { tenant_id: 'brand-new' } }),
  'users.create': () => ({ body: { email: 'brand-new@example.com', password: PASSWORD, tenant_id: 'default' } }),
  'users.delete': () => ({ owned: { user_id: world.eve.userId } }),
  'users.disable_extension': async () => {
    await world.ada.request('POST', '/v1/marketplace/apps/notes/install', {})
    return { body: { app_id: 'notes' } }
  },
  'users.enable_extension': async () => {
    await world.ada.request('POST', '/v1/me/extensions/disable', { app_id: 'notes' })
    return { owned: { app_id: 'notes' } }
  },
}

/** The actions that the log has of one request, by the id that the request carried. */
async function leftBy({ route, path }: Place): Promise<{ status: number; body: unknown; actions: string[] }> {
  const { owned = {}, body, query, headers = {} } = (await WITH[route.id]?.()) ?? {}
  const asker = letIn(world, route)
  const id = `req_${randomUUID().replaceAll('-', '')}`
  const address = fill(path, (name) => owned[name] ?? world.owned[name] ?? missing(name))
  const asked = { ...asker, headers: { ...asker.headers, ...headers, 'x-request-id': id } }
  const named = { ...(body === undefined ? {} : { body }), ...(query === undefined ? {} : { query }) }
  const answer = await askWell(world, route, address, asked, named)
  const { rows } = await sql('select action from audit.entry where request_id = $1 order by id', [id])
  return { ...answer, actions: rows.map(({ action }) => String(action)) }
}

const WRITES = PLACES.filter(({ route }) => route.method !== 'GET' && route.reads !== true && isOperation(route))

test('the list of what leaves no row names only what there is', () => {
  const known = new Set(WRITES.map(({ route }) => route.id))
  expect([...EXEMPT, ...Object.keys(WITH)].filter((id) => !known.has(id))).toEqual([])
})

test('[api 7.9] every operation of administrators, developers and services leaves a row in the security log', async () => {
  const given = { user_id: world.ada.userId, tier: 'studio' }
  expect((await world.admin.request('POST', '/v1/admin/developer/tier', given)).status).toBe(200)
  const silent: string[] = []
  const untried: string[] = []
  for (const place of WRITES) {
    const { route } = place
    if (EXEMPT.has(route.id)) continue
    const { status, body, actions: left } = await leftBy(place)
    if (status >= 300) untried.push(`${route.id}: ${status} ${JSON.stringify(body).slice(0, 200)}`)
    else if (left.length === 0) silent.push(route.id)
  }
  expect({ silent, untried }).toEqual({ silent: [], untried: [] })
}, 240_000)

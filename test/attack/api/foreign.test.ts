import type { AnyRoute, AuthKind } from '@imperal/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { send } from '../../support/session.ts'
import { type StripeServer, startStripeServer } from '../../support/stripe-server.ts'
import { type Answer, type Asker, actingFor, askWell, isRefusal, letIn, personOf } from './asked.ts'
import { fill, missing, namesIn, PLACES } from './places.ts'
import { openWorld, type World } from './world.ts'

let world: World
let stripe: StripeServer
beforeAll(async () => {
  // Ada's card is looked at again in the end.
  stripe = await startStripeServer()
  world = await openWorld({ IMPERAL_CONFIRMATION_TTL_S: '3600', IMPERAL_STRIPE_API_URL: stripe.url })
  world = { ...world, owned: { ...world.owned, pm_id: await cardOfAda() } }
}, 240_000)
afterAll(async () => {
  await world?.server.stop()
  await stripe?.close()
})

/** From here on people pay by card; what Ada asked for before still waits for the operator. */
async function cardOfAda(): Promise<string> {
  const { secretKey, webhookSecret } = stripe
  const keys = { secret_key: secretKey, publishable_key: 'pk_test_public', webhook_secret: webhookSecret }
  const headers = { 'x-service-token': world.server.serviceToken, 'x-acting-user': world.admin.userId }
  const stored = await send(`${world.server.url}/v1/internal/billing/stripe-config`, 'PUT', keys, headers)
  const begun = await world.ada.request('POST', '/v1/billing/payment-methods/setup', {})
  if (stored.status !== 200 || begun.status !== 200) throw new Error(JSON.stringify([stored, begun]))
  const customer = [...stripe.customers.values()].find((one) => one.metadata.user_id === world.ada.userId)
  return stripe.addCard(customer?.id ?? '', 'pays')
}

/** Parameters that name nobody's things, and why. */
const NOBODYS: Readonly<Record<string, string>> = {
  file: 'packages are for everybody',
  document: 'descriptions are for everybody',
  path: 'webhooks are for everybody',
  developer_id: 'pages of developers are public',
  user_code: 'a code belongs to whoever read it from a terminal',
  token: 'links are sealed',
  provider: 'the same for everybody',
  model: 'models and their rates are the operator’s',
  scope: 'a kind of thing, not one',
  case: 'mails have the same words for everybody',
  review_id: 'reviews are read by everybody; who may change one is in the tests of the marketplace',
}

/** Who is not let in at all learns nothing of ids; `walk.test.ts` proves that. */
const LETS_NOBODY_IN: ReadonlySet<AuthKind> = new Set(['svc', 'call'])

/** Ids of apps are claimed in public, and the reference wants 403 of the registry for the app of somebody else (api.md 4). */
const isAsked = (route: AnyRoute): boolean =>
  !LETS_NOBODY_IN.has(route.auth) &&
  route.platformOnly !== true &&
  route.responseKind !== 'stream' &&
  !(route.auth === 'regkey' && /\{(app_id|ext_id)\}/.test(route.path))

/** Everything that may differ between two answers about two ids. */
const bare = (answer: Answer, id: string): string => {
  const text = JSON.stringify(answer.body).replaceAll(id, '<id>').replaceAll(encodeURIComponent(id), '<id>')
  return `${answer.status} ${text.replace(/"(request_id|uninstalled_at|created_at|message_id|reply_id|signal_id)":"[^"]*"/g, '"$1":""')}`
}

/** Operations that have another answer than 404 to an id of nothing, as it is documented. */
const ELSEWISE: Readonly<Record<string, readonly [status: number, why: string]>> = {
  'billing_internal.set_model_rate': [200, 'makes the rate that it names'],
  'billing_internal.remove_model_rate': [200, 'the rate is the one just made'],
  'marketplace.install': [400, 'the words that clients look for (api.md 3.10)'],
  'marketplace.uninstall': [200, 'idempotent (api.md 3.10)'],
  'marketplace.uninstall_alias': [200, 'idempotent (api.md 3.10)'],
  'registry.remove_user_extension': [200, 'idempotent (api.md 4.1)'],
  'registry.older_remove_user_extension': [200, 'idempotent (api.md 4.3)'],
  'registry.user_extensions': [200, 'a list of what somebody has, and nobody has nothing (api.md 4.1)'],
  'registry.older_user_extensions': [200, 'a list of what somebody has, and nobody has nothing (api.md 4.3)'],
  'models.service_user_usage': [200, 'numbers, of which nobody has none (api.md 3.23)'],
  'models.invalidate': [200, 'tells every node to forget what it knows of somebody (api.md 3.23)'],
  'operator.drop_dead_event': [200, 'says whether there was one'],
  'service_state.skeleton_old': [200, 'no snapshot is an empty one (api.md 3.25)'],
  'secrets.read': [403, 'an app reads its own secrets alone (api.md 3.14)'],
  'secrets.set': [403, 'a secret that the app does not declare (api.md 3.14)'],
  'secrets.delete': [403, 'a secret that the app does not declare (api.md 3.14)'],
  'secrets.meta': [403, 'a secret that the app does not declare (api.md 3.14)'],
  'service_store.all': [200, 'a collection is there when something is in it'],
  'service_store.list_users': [200, 'a collection is there when something is in it'],
  'service_store.query': [200, 'a collection is there when something is in it'],
  'service_store.count': [200, 'a collection is there when something is in it'],
}

/** Which thing of Ada's a member of a query or a body names. */
const NAMED: Readonly<Record<string, string>> = {
  conversation_id: 'conversation_id',
  replaces: 'message_id',
  attachments: 'file_id',
  ids: 'notification_id',
  before: 'notification_id',
  rule_ids: 'rule_id',
  user_id: 'user_id',
  imperal_id: 'user_id',
  actor_id: 'user_id',
  owner_id: 'user_id',
  app_id: 'app_id',
  extension_id: 'app_id',
  trace_id: 'trace_id',
  execution_id: 'execution_id',
  parent_execution_id: 'execution_id',
  rule_id: 'rule_id',
  agency_id: 'agency_id',
  tenant_id: 'tenant_id',
}
/** Operations whose second answer is another one whatever they name, or that name what is claimed in public. */
const ONCE: Readonly<Record<string, string>> = {
  'developer.create_app': 'ids of apps are claimed in public',
  'registry.add_user_extension': 'an app is added once, and app_id counts before extension_id',
  'users.create': 'an e-mail address has one account',
}
const AS_NAMED: Readonly<Record<string, (id: string) => unknown>> = {
  attachments: (id) => [{ file_id: id }],
  ids: (id) => [id],
  rule_ids: (id) => [Number(id)],
  rule_id: Number,
}

/** Named members of a query or a body. */
function membersOf(schema: z.ZodType | undefined): string[] {
  if (schema === undefined) return []
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as { properties?: object }
  return Object.keys(json.properties ?? {})
}

/** What is the asker's own, where an address names something that another part of the request names again. */
const ownOf = (asker: Asker, name: string): string =>
  /^(user_id|imperal_id)$/.test(name) ? asker.userId : /^(app_id|ext_id)$/.test(name) ? 'notes' : missing(name)

describe('[lessons 9] ids of others', () => {
  /** A service hosts apps: which there are it may know; whose data it asks for is what counts, and who changes an app. */
  const isKnownToServices = (who: string, route: AnyRoute, name: string): boolean =>
    who.startsWith('a service') && route.auth === 'svc' && name === 'app_id' && route.id !== 'developer.sync_manifest'
  const named = PLACES.filter(({ path }) => {
    const names = namesIn(path)
    return names.length > 0 && !names.some((name) => name in NOBODYS)
  })
  const askers = (): Readonly<Record<string, Asker>> => ({
    eve: personOf(world.eve),
    mallory: personOf(world.mallory, 'umbrella'),
    otherAdmin: personOf(world.otherAdmin, 'umbrella'),
    'a service for eve': actingFor(world, world.eve),
    'a service for mallory': actingFor(world, world.mallory, 'umbrella'),
    'a service for otherAdmin': actingFor(world, world.otherAdmin, 'umbrella'),
  })
  const ASKERS = ['eve', 'mallory', 'otherAdmin'].flatMap((who) => [who, `a service for ${who}`])
  /** A service is let in where people are not, and acts there for somebody all the same (api.md 1.6). */
  const isAskedBy = (who: string, route: AnyRoute): boolean =>
    isAsked(route) || (who.startsWith('a service') && route.auth === 'svc' && route.responseKind !== 'stream')

  test('the world has one of everything that an address can name', () => {
    const without = PLACES.filter(({ route }) => route.auth !== 'call').flatMap(({ route, path }) =>
      namesIn(path)
        .filter((name) => !world.owned[name] && !(name in NOBODYS))
        .map((name) => `${route.id}: ${name}`),
    )
    expect(without).toEqual([])
    expect(Object.entries(world.owned).filter(([, id]) => id === '')).toEqual([])
  })

  test('[api 1.10] an id of nothing is 404 to whoever is let in, in the one shape, whatever else is right', async () => {
    const others: unknown[] = []
    for (const { route, path } of PLACES.filter(
      ({ route }) => route.auth !== 'call' && route.responseKind !== 'stream',
    ))
      for (const name of namesIn(path)) {
        // Not an id: which kind of thing the other one is of.
        if (name === 'scope') continue
        const address = fill(path, (one) => (one === name ? missing(one) : (world.owned[one] ?? missing(one))))
        const answer = await askWell(world, route, address, letIn(world, route))
        const isMeant = answer.status === 404 || answer.status === ELSEWISE[route.id]?.[0]
        if (!isMeant || (answer.status >= 400 && !isRefusal(answer))) others.push([route.id, name, answer])
      }
    expect(others).toEqual([])
  }, 240_000)

  test.each(ASKERS)(
    '%s sees no difference between Ada’s and none',
    async (who) => {
      const asker = askers()[who] as Asker
      const different: unknown[] = []
      for (const { route, path } of named.filter((place) => isAskedBy(who, place.route)))
        for (const own of namesIn(path)) {
          const id = world.owned[own]
          if (id === undefined || isKnownToServices(who, route, own)) continue
          const get = (value: (name: string) => string) => askWell(world, route, fill(path, value), asker)
          const foreign = await get((name) => world.owned[name] ?? missing(name))
          const none = await get((name) => (name === own ? missing(name) : (world.owned[name] ?? missing(name))))
          const [left, right] = [bare(foreign, id), bare(none, missing(own))]
          const isRefused = [403, 404, ELSEWISE[route.id]?.[0]].includes(foreign.status)
          if (left !== right || !isRefused) different.push({ route: route.id, own, foreign: left, none: right })
        }
      expect(different).toEqual([])
    },
    240_000,
  )

  test.each(ASKERS)(
    'nor where a query or a body of %s names it',
    async (who) => {
      const asker = askers()[who] as Asker
      const different: unknown[] = []
      // What is there is read before anything is written, so that no answer is about what another request left behind.
      const places = PLACES.filter(({ route }) => isAskedBy(who, route)).sort(
        (one, other) => Number(other.route.method === 'GET') - Number(one.route.method === 'GET'),
      )
      for (const { route, path } of places)
        for (const part of ['query', 'body'] as const)
          for (const member of membersOf(route[part] as z.ZodType | undefined)) {
            const name = NAMED[member]
            if (name === undefined || route.id in ONCE || (part === 'body' && route.method === 'GET')) continue
            if (isKnownToServices(who, route, name)) continue
            const say = AS_NAMED[member] ?? ((id: string) => id)
            const get = (id: string) =>
              askWell(
                world,
                route,
                fill(path, (one) => ownOf(asker, one)),
                asker,
                { [part]: { [member]: say(id) } },
              )
            const id = world.owned[name] ?? ''
            const [foreign, none] = [await get(id), await get(missing(name))]
            const [left, right] = [bare(foreign, id), bare(none, missing(name))]
            if (left !== right) different.push({ route: route.id, part, member, foreign: left, none: right })
          }
      expect(different).toEqual([])
    },
    240_000,
  )

  test('a review is there for everybody: only who wrote it changes it, and others hear so', async () => {
    const path = `/v1/marketplace/reviews/${world.owned.review_id}`
    for (const session of [world.eve, world.mallory, world.otherAdmin])
      for (const [method, body] of [['PUT', { rating: 1 }], ['DELETE']] as const)
        expect([method, (await session.request(method, path, body)).status]).toEqual([method, 403])
  })

  test('Ada’s things are all still there', async () => {
    const { ada, owned, noteId } = world
    expect((await ada.request('GET', '/v1/marketplace/apps/notes/reviews')).body).toMatchObject({
      reviews: [{ rating: 5 }],
    })
    expect((await ada.request('GET', `/v1/automations/${owned.rule_id}/executions`)).status).toBe(200)
    expect((await ada.request('GET', `/v1/chat/attachments/${owned.file_id}`)).status).toBe(200)
    for (const path of [
      `/v1/confirmations/${owned.confirmation_id}`,
      `/v1/tasks/${owned.task_id}`,
      `/v1/actions/${owned.trace_id}`,
      `/v1/developer/apps/${owned.app_id}`,
    ])
      expect([path, (await ada.request('GET', path)).status]).toEqual([path, 200])
    expect((await ada.request('GET', `/v1/confirmations/${owned.confirmation_id}`)).body).toMatchObject({
      status: 'pending',
    })
    expect((await ada.call('notes', 'get_note', { note_id: noteId })).status).toBe('success')
    const { conversations } = (await ada.request('GET', '/v1/chat/conversations')).body as { conversations: object[] }
    expect(conversations).toContainEqual(expect.objectContaining({ conversation_id: owned.conversation_id }))
    const keys = (await ada.request('GET', '/v1/keys')).body as { id: string }[]
    expect(keys.map((key) => key.id)).toContain(owned.key_id)
    for (const path of [`/v1/agencies/${owned.agency_id}`, `/v1/users/${ada.userId}`, `/v1/tenants/${owned.tenant_id}`])
      expect([path, (await world.admin.request('GET', path)).status]).toEqual([path, 200])
  })
})

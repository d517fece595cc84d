import { buildApp, createApp, deployApp, deploySource } from '../../support/extension.ts'
import { mailedToken } from '../../support/mailbox.ts'
import { superuserOf } from '../../support/program.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { type Session, send, signIn, signInAdmin } from '../../support/session.ts'

/** Stands in everything that is Ada's; no answer to anybody else may ever hold it. */
export const CANARY = 'canary-4f1d-of-ada'

/** Two tenants and what Ada of `default` owns. Ada is a plain user and a developer; Eve shares her tenant, Mallory does not. */
export interface World {
  readonly server: TestServer
  readonly admin: Session
  readonly ada: Session
  readonly eve: Session
  readonly mallory: Session
  /** Administers Mallory's tenant. */
  readonly otherAdmin: Session
  /** Ids of things of Ada's, by the name of the path parameter that takes them. */
  readonly owned: Readonly<Record<string, string>>
  readonly noteId: string
}

export const PASSWORD = 's3cure! and long'

export async function newUser(server: TestServer, email: string, tenantId = 'default'): Promise<Session> {
  const signedUp = await send(`${server.url}/v1/auth/signup`, 'POST', {
    email,
    password: PASSWORD,
    tenant_id: tenantId,
  })
  if (signedUp.status !== 201) throw new Error(`sign-up answered ${JSON.stringify(signedUp)}`)
  await send(`${server.url}/v1/auth/verify-email`, 'POST', { token: await mailedToken(server, email) })
  return signIn(server, email, PASSWORD, tenantId)
}

const draftOf = (appId: string) => `
import { ActionResult, ChatExtension, Extension } from '@imperal/sdk'
import * as z from 'zod'
export const ext = new Extension('${appId}', {
  version: '1.0.0', displayName: 'Draft ${CANARY}', description: 'A draft that nobody but its owner may know of: ${CANARY}.',
  icon: 'icon.svg', capabilities: ['${appId}:read'],
})
const chat = new ChatExtension(ext, { toolName: '${appId}', description: 'A draft.' })
ext.secret({ name: 'api_token', description: 'Token ${CANARY}', writeMode: 'both' })
chat.function('wait', { description: 'Goes on in the background for a while.', params: z.object({}), background: true },
  async (ctx) => { await new Promise((resolve) => setTimeout(resolve, 30_000)); return ActionResult.success({}, 'done') })
ext.skeleton('pulse', { ttl: 86_400, description: 'What ${CANARY} is doing' }, async () => ({ response: { said: '${CANARY}' } }))
chat.function('tell', { description: 'Sends a notification to the person.', params: z.object({}) },
  async (ctx) => { await ctx.notify('${CANARY}', { subject: '${CANARY}' }); return ActionResult.success({}, 'told') })
`

/** What services keep for Ada: a document, a snapshot, credits that are held, a run of her rule. */
async function keepForServices(server: TestServer, ada: Session, at: { appId: string; ruleId: number }) {
  const headers = { 'x-service-token': server.serviceToken }
  const made = async (method: string, path: string, body: object, acting = true) => {
    const as: Record<string, string> = acting ? { ...headers, 'x-acting-user': ada.userId } : headers
    const answer = await send(server.url + path, method, body, as)
    if (answer.status >= 300) throw new Error(`${method} ${path} answered ${JSON.stringify(answer)}`)
    return answer.body as Record<string, string>
  }
  const document = { collection: 'canaries', id: 'doc-canary', extension_id: 'notes', data: { said: CANARY } }
  await made('POST', '/v1/internal/store', document)
  const snapshot = { extension_id: at.appId, data: { said: CANARY } }
  await made('PUT', `/v1/internal/skeleton/${ada.userId}/pulse`, snapshot)
  const hold = { user_id: ada.userId, amount: 7, app_id: 'notes' }
  const { hold_id } = await made('POST', '/v1/internal/billing/holds', hold, false)
  const run = { rule_id: at.ruleId, status: 'running', result: CANARY }
  const { execution_id } = await made('POST', '/v1/automations/internal/triggered', run, false)
  return { collection: 'canaries', doc_id: 'doc-canary', section: 'pulse', hold_id, execution_id }
}

/** What takes days to come about: a payout that waits, and an event that was given up. */
async function longAgo(server: TestServer, ada: Session, appId: string) {
  const client = await superuserOf(server.dataDir)
  try {
    const payout = await client.query(
      `insert into billing.payout (tenant_id, user_id, amount, amount_usd, method, notes, requested_at)
       values ('default', $1, 10000, '10.000', 'manual', $2, now()) returning id`,
      [ada.userId, CANARY],
    )
    // The credits that it asks for, on their way.
    await client.query(
      `insert into billing.entry (id, tenant_id, transaction_id, account, amount, reason, description, event_id, created_at)
       select 'ent_canary_' || line, 'default', 'txn_canary', account, amount, 'payout', $2, 'canary:' || line, now()
       from (values ('to', 'payout:' || $1, 10000), ('from', 'payments', -10000)) as lines (line, account, amount)`,
      [ada.userId, CANARY],
    )
    const event = await client.query(
      `insert into kernel.dead_event (delivery_id, tenant_id, user_id, app_id, handler, event, error)
       values (gen_random_uuid(), 'default', $1, $2, 'onCanary', jsonb_build_object('event_type', 'notes.created', 'event_id', gen_random_uuid(), 'said', $3::text), $3) returning delivery_id`,
      [ada.userId, appId, CANARY],
    )
    return { payout_id: String(payout.rows[0].id), delivery_id: String(event.rows[0].delivery_id) }
  } finally {
    await client.end()
  }
}

/** Makes one of everything for Ada, each with the canary inside. */
async function furnish(server: TestServer, ada: Session): Promise<{ owned: Record<string, string>; noteId: string }> {
  const appId = 'secret-draft'
  await ada.request('POST', '/v1/developer/register', { display_name: CANARY })
  await deploySource(server.url, ada, draftOf(appId))
  await ada.request('PUT', `/v1/secrets/${appId}/api_token`, { value: CANARY })
  await ada.call(appId, 'tell')
  const task = (await ada.call(appId, 'wait')).data as { task_id: string }
  const note = (await ada.call('notes', 'create_note', { title: CANARY, content_text: CANARY })) as {
    data: { note_id: string }
    trace_id: string
  }
  const asked = (await ada.call('notes', 'delete_note', { note_id: note.data.note_id })).data as {
    confirmation: { confirmation_id: string }
  }
  const conversation = (await ada.request('POST', '/v1/chat/conversations', { title: CANARY })).body as {
    conversation_id: string
  }
  const message = (
    await ada.request('POST', '/v1/chat/messages', {
      text: `/notes.search_notes {"query": "${CANARY}"}`,
      conversation_id: conversation.conversation_id,
    })
  ).body as { message_id: string }
  const rule = (
    await ada.request('POST', '/v1/automations', {
      prompt: CANARY,
      name: CANARY,
      trigger_filter: { event_type: 'notes.created' },
      actions: [{ app_id: 'notes', tool: 'create_note', args: { title: CANARY } }],
    })
  ).body as { id: number }
  const key = (await ada.request('POST', '/v1/keys', { name: CANARY })).body as { id: string }
  const payment = (await ada.request('POST', '/v1/billing/topup', { tokens: 10_000, price_cents: 1_000 })).body as {
    payment_intent_id: string
  }
  const form = new FormData()
  form.set('file', new Blob([CANARY], { type: 'text/plain' }), `${CANARY}.txt`)
  const headers = { authorization: `Bearer ${ada.token}` }
  const kept = await fetch(`${server.url}/v1/chat/attachments`, { method: 'POST', headers, body: form })
  const file = (await kept.json()) as { file_id: string }
  const { sessions } = (await ada.request('GET', '/v1/auth/sessions')).body as { sessions: { session_id: string }[] }
  const { notifications } = (await ada.request('GET', '/v1/notifications')).body as { notifications: { id: string }[] }
  // Who has not used an app three times may not say anything about it; and what is said is for everybody.
  for (let use = 0; use < 2; use++) await ada.call('notes', 'list_notes')
  await ada.request('POST', '/v1/marketplace/apps/notes/reviews', {
    rating: 5,
    body: 'It keeps what I tell it to keep.',
  })
  const { reviews } = (await ada.request('GET', '/v1/marketplace/apps/notes/reviews')).body as {
    reviews: { id: number }[]
  }
  const coding = `coding-${ada.userId}-rcanary`
  await ada.request('GET', `/v1/agent/sessions/${coding}/pending-steer?label=${CANARY}`)
  const served = await keepForServices(server, ada, { appId, ruleId: rule.id })
  return {
    noteId: note.data.note_id,
    owned: {
      ...(served as Record<string, string>),
      ...(await longAgo(server, ada, appId)),
      ref: `terminal:${coding}:stp_canary`,
      app_id: appId,
      ext_id: appId,
      name: 'api_token',
      task_id: task.task_id,
      trace_id: note.trace_id,
      confirmation_id: asked.confirmation.confirmation_id,
      conversation_id: conversation.conversation_id,
      message_id: message.message_id,
      rule_id: String(rule.id),
      key_id: key.id,
      payment_id: payment.payment_intent_id,
      file_id: file.file_id,
      session_id: sessions[0]?.session_id ?? '',
      review_id: String(reviews[0]?.id ?? ''),
      notification_id: notifications[0]?.id ?? '',
      developer_id: ada.userId,
      user_id: ada.userId,
      imperal_id: ada.userId,
    },
  }
}

/** What administrators made around Ada. */
async function administer(admin: Session, ada: Session): Promise<Record<string, string>> {
  const made = async (path: string, body: object) => (await admin.request('POST', path, body)).body as { id: string }
  const role = await made('/v1/roles', { name: 'canary-role', display_name: CANARY })
  const scope = await made('/v1/scopes', { resource: 'canary', action: 'see', tenant_id: 'default' })
  await made('/v1/agencies', { agency_id: 'canary-agency', display_name: CANARY })
  await admin.request('PATCH', `/v1/users/${ada.userId}`, { agency_id: 'canary-agency' })
  return { role_id: role.id, scope_id: String(scope.id), agency_id: 'canary-agency', tenant_id: 'third' }
}

export async function openWorld(
  env: Readonly<Record<string, string>> = {},
  imports: readonly string[] = [],
): Promise<World> {
  const server = await startTestServer({ env, imports })
  const admin = await signInAdmin(server)
  const open = { features: { signup_open: true } }
  await admin.request('POST', '/v1/tenants', { tenant_id: 'umbrella', name: 'Umbrella', ...open })
  await admin.request('POST', '/v1/tenants', { tenant_id: 'third', name: CANARY })
  const [ada, eve, mallory] = [
    await newUser(server, 'ada.user@example.com'),
    await newUser(server, 'eve@example.com'),
    await newUser(server, 'mallory@umbrella.example', 'umbrella'),
  ]
  const other = { email: 'boss@umbrella.example', password: PASSWORD, role: 'admin', tenant_id: 'umbrella' }
  await admin.request('POST', '/v1/users', other)
  const otherAdmin = await signIn(server, other.email, PASSWORD, 'umbrella')
  for (const user of [ada, eve, mallory]) await user.request('POST', '/v1/marketplace/apps/notes/install', {})
  const furnished = await furnish(server, ada)
  const owned = { ...furnished.owned, ...(await administer(admin, ada)) }
  return { server, admin, ada, eve, mallory, otherAdmin, ...furnished, owned }
}

export { ROUTES } from '../../support/routes.ts'
export { buildApp, createApp, deployApp, deploySource }

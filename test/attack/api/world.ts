import { buildApp, createApp, deployApp, deploySource } from '../../support/extension.ts'
import { mailedToken } from '../../support/mailbox.ts'
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
chat.function('tell', { description: 'Sends a notification to the person.', params: z.object({}) },
  async (ctx) => { await ctx.notify('${CANARY}', { subject: '${CANARY}' }); return ActionResult.success({}, 'told') })
`

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
  return {
    noteId: note.data.note_id,
    owned: {
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

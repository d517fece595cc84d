import type { AnyRoute } from '@imperal/contract'
import * as contract from '@imperal/contract'
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
  /** Ids of things of Ada's, by the name of the path parameter that takes them. */
  readonly owned: Readonly<Record<string, string>>
  readonly noteId: string
}

const isRoute = (value: unknown): value is AnyRoute =>
  typeof value === 'object' && value !== null && 'method' in value && 'path' in value && 'auth' in value

/** Every operation of the contract. */
export const ROUTES: readonly AnyRoute[] = Object.values(contract as Record<string, unknown>)
  .flatMap((area) => (typeof area === 'object' && area !== null ? Object.values(area) : []))
  .filter(isRoute)

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
  const key = (await ada.request('POST', '/v1/keys', { name: CANARY })).body as { id: string }
  const { sessions } = (await ada.request('GET', '/v1/auth/sessions')).body as { sessions: { session_id: string }[] }
  return {
    noteId: note.data.note_id,
    owned: {
      app_id: appId,
      ext_id: appId,
      name: 'api_token',
      task_id: task.task_id,
      trace_id: note.trace_id,
      confirmation_id: asked.confirmation.confirmation_id,
      conversation_id: conversation.conversation_id,
      message_id: message.message_id,
      key_id: key.id,
      session_id: sessions[0]?.session_id ?? '',
      developer_id: ada.userId,
      user_id: ada.userId,
      imperal_id: ada.userId,
    },
  }
}

export async function openWorld(env: Readonly<Record<string, string>> = {}): Promise<World> {
  const server = await startTestServer({ env })
  const database = await superuserOf(server.dataDir)
  await database.query("insert into identity.tenant (tenant_id, name) values ('umbrella', 'Umbrella')")
  await database.end()
  const admin = await signInAdmin(server)
  const [ada, eve, mallory] = [
    await newUser(server, 'ada.user@example.com'),
    await newUser(server, 'eve@example.com'),
    await newUser(server, 'mallory@umbrella.example', 'umbrella'),
  ]
  for (const user of [ada, eve, mallory]) await user.request('POST', '/v1/marketplace/apps/notes/install', {})
  return { server, admin, ada, eve, mallory, ...(await furnish(server, ada)) }
}

export { buildApp, createApp, deployApp, deploySource }

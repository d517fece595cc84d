import type { LightMyRequestResponse } from 'fastify'
import { openFixture, SERVICE_TOKEN } from '../test-fixture.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface Person {
  readonly userId: string
  readonly email: string
  readonly token: string
  ask(method: Method, url: string, body?: unknown, headers?: Record<string, string>): Promise<LightMyRequestResponse>
}

/** An installation with its first administrator, a second tenant with one of its own, and services. */
export async function openPeople(changes: Parameters<typeof openFixture>[0] = {}) {
  const home = await openFixture(changes)
  const as =
    (token: string) =>
    (method: Method, url: string, body?: unknown, headers: Record<string, string> = {}) =>
      home.send(method, url, { body, token, headers })

  async function signIn(email: string, password: string, tenantId: string): Promise<Person> {
    const answer = await home.send('POST', '/v1/auth/login', { body: { email, password, tenant_id: tenantId } })
    if (answer.statusCode !== 200) throw new Error(`${email}: ${answer.body}`)
    const token = answer.json<{ access_token: string }>().access_token
    const userId = (await home.me(token)).json<{ imperal_id: string }>().imperal_id
    return { userId, email, token, ask: as(token) }
  }

  await home.identity.ensureFirstAccount({ email: 'root@example.com', password: () => 'root-password' })
  const root = await signIn('root@example.com', 'root-password', 'default')

  let count = 0
  /** A user who can sign in; made by the administrator of the installation. */
  async function add(facts: { role?: string; tenant?: string; more?: object } = {}): Promise<Person> {
    count += 1
    const email = `person${count}@example.com`
    const tenantId = facts.tenant ?? 'default'
    const body = { email, password: 'long-password', role: facts.role ?? 'user', tenant_id: tenantId, ...facts.more }
    const answer = await root.ask('POST', '/v1/users', body)
    if (answer.statusCode !== 201) throw new Error(answer.body)
    return signIn(email, 'long-password', tenantId)
  }
  async function tenant(tenantId: string, more: object = {}): Promise<void> {
    const answer = await root.ask('POST', '/v1/tenants', { tenant_id: tenantId, name: tenantId, ...more })
    if (answer.statusCode !== 201) throw new Error(answer.body)
  }
  const service = (method: Method, url: string, body?: unknown, actingUser?: string) =>
    home.send(method, url, {
      body,
      headers: {
        'x-service-token': SERVICE_TOKEN,
        ...(actingUser === undefined ? {} : { 'x-acting-user': actingUser }),
      },
    })
  return { ...home, root, add, tenant, signIn, service, as }
}

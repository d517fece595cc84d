import { setTimeout as delay } from 'node:timers/promises'
import type { CallResponse } from '@imperal/contract'
import type { TestServer } from './server.ts'

/** Long where machines are shared, shorter than a test may take where somebody waits for it; in milliseconds. */
export const PATIENCE_MS = process.env.CI === 'true' ? 60_000 : 20_000

/** A signed-in person on a running server, over plain HTTP as any program would be. */
export interface Session {
  readonly token: string
  readonly refreshToken: string
  readonly userId: string
  request(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: never; headers: Headers }>
  call(appId: string, name: string, params?: object): Promise<CallResponse & { data: never }>
}

export async function send(url: string, method: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  let parsed: unknown = text
  try {
    parsed = JSON.parse(text)
  } catch {
    // Not every answer is JSON; the text is the body then.
  }
  return { status: response.status, body: parsed as never, headers: response.headers }
}

export async function signIn(
  server: Pick<TestServer, 'url'>,
  email: string,
  password: string,
  tenantId = 'default',
): Promise<Session> {
  const login = await send(`${server.url}/v1/auth/login`, 'POST', { email, password, tenant_id: tenantId })
  if (login.status !== 200)
    throw new Error(`sign-in of ${email} answered ${login.status}: ${JSON.stringify(login.body)}`)
  const { access_token: token, refresh_token: refreshToken } = login.body as {
    access_token: string
    refresh_token: string
  }
  const bearer = { authorization: `Bearer ${token}` }
  const me = await send(`${server.url}/v1/auth/me`, 'GET', undefined, bearer)
  const userId = (me.body as { imperal_id: string }).imperal_id
  const request: Session['request'] = (method, path, body, headers) =>
    send(server.url + path, method, body, { ...bearer, ...headers })
  return {
    token,
    refreshToken,
    userId,
    request,
    async call(appId, name, params = {}) {
      const answer = await request('POST', `/v1/extensions/${appId}/call`, { user_id: userId, function: name, params })
      if (answer.status !== 200)
        throw new Error(`${appId}.${name} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
      return answer.body as CallResponse & { data: never }
    },
  }
}

export const signInAdmin = (server: TestServer): Promise<Session> =>
  signIn(server, server.adminEmail, server.adminPassword)

/** Asks until the answer is there; throws the last thing seen after `patience` milliseconds. */
export async function until<T>(look: () => Promise<T | null | undefined | false>, patience = PATIENCE_MS): Promise<T> {
  const deadline = performance.now() + patience
  for (;;) {
    const found = await look()
    if (found) return found
    if (performance.now() > deadline) throw new Error(`not within ${patience} ms: ${look.toString().slice(0, 200)}`)
    await delay(50)
  }
}

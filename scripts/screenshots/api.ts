/** A person who is signed in at the platform of the pictures. */
export interface Account {
  readonly userId: string
  readonly tokens: { readonly access: string; readonly refresh: string; readonly expiresAt: number }
  ask(method: string, path: string, body?: unknown): Promise<unknown>
  call(app: string, name: string, params?: object): Promise<Record<string, unknown>>
}

async function send(url: string, method: string, body: unknown, token?: string): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${text}`)
  return text === '' ? null : JSON.parse(text)
}

/** Signs in as the panel does. */
export async function signIn(url: string, email: string, password: string): Promise<Account> {
  const login = (await send(`${url}/v1/auth/login`, 'POST', { email, password, tenant_id: 'default' })) as {
    access_token: string
    refresh_token: string
    expires_in: number
  }
  const access = login.access_token
  const ask: Account['ask'] = (method, path, body) => send(url + path, method, body, access)
  const { imperal_id: userId } = (await ask('GET', '/v1/auth/me')) as { imperal_id: string }
  return {
    userId,
    tokens: { access, refresh: login.refresh_token, expiresAt: Date.now() + login.expires_in * 1000 },
    ask,
    async call(app, name, params = {}) {
      const body = { user_id: userId, function: name, params }
      const answer = (await ask('POST', `/v1/extensions/${app}/call`, body)) as {
        status: string
        error: string | null
        data: Record<string, unknown> | null
      }
      if (answer.status !== 'success') throw new Error(`${app}.${name} failed: ${answer.error}`)
      return answer.data ?? {}
    },
  }
}

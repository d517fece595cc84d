import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the stand-in grants next; the token endpoint can be told to fail. */
export interface OAuthScript {
  email: string
  subject: string
  /** Seconds that an access token lives. */
  expiresIn: number
  /** Answers the token endpoint with this status instead. */
  failWith: number | null
  /** Grants no refresh token, as Google does after the first consent. */
  withoutRefreshToken: boolean
}

export interface OAuthProvider {
  readonly endpoints: { readonly authorize: string; readonly token: string; readonly userinfo: string }
  readonly script: OAuthScript
  /** Posts to the token endpoint, as they came. */
  readonly grants: readonly Readonly<Record<string, string>>[]
  /** What a person does who agrees on the consent page: the address that the browser is sent back to. */
  consent(authorizeUrl: string): Promise<URL>
  /** Whether an access token is good at the provider's own API. */
  isGood(accessToken: string): boolean
  close(): Promise<void>
}

const CLIENT = { id: 'client-1', secret: 'client-secret-1' }
const token = (): string => randomBytes(18).toString('base64url')

interface Code {
  readonly challenge: string
  readonly redirectUri: string
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, string>> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString('utf8')))
}

const json = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

/** An OAuth server on loopback: codes are good once and with their verifier, refresh tokens rotate and are good once. */
export async function startOAuthProvider(): Promise<OAuthProvider> {
  const script: OAuthScript = {
    email: 'ada@example.com',
    subject: 'sub-ada',
    expiresIn: 3600,
    failWith: null,
    withoutRefreshToken: false,
  }
  const codes = new Map<string, Code>()
  const refreshTokens = new Set<string>()
  const accessTokens = new Map<string, { email: string; sub: string }>()
  const grants: Record<string, string>[] = []

  const grant = (response: ServerResponse): void => {
    const [access, refresh] = [token(), token()]
    accessTokens.set(access, { email: script.email, sub: script.subject })
    if (!script.withoutRefreshToken) refreshTokens.add(refresh)
    json(response, 200, {
      access_token: access,
      token_type: 'Bearer',
      expires_in: script.expiresIn,
      scope: 'mail.read',
      ...(script.withoutRefreshToken ? {} : { refresh_token: refresh }),
    })
  }
  const isProven = (challenge: string, verifier: string | undefined): boolean =>
    challenge === ''
      ? verifier === undefined
      : createHash('sha256')
          .update(verifier ?? '')
          .digest('base64url') === challenge
  const isVerified = ({ challenge, redirectUri }: Code, form: Record<string, string>): boolean =>
    isProven(challenge, form.code_verifier) && form.redirect_uri === redirectUri

  const tokenEndpoint = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const form = await bodyOf(request)
    grants.push(form)
    if (script.failWith !== null) return json(response, script.failWith, { error: 'temporarily_unavailable' })
    if (form.client_id !== CLIENT.id || form.client_secret !== CLIENT.secret)
      return json(response, 401, { error: 'invalid_client' })
    if (form.grant_type === 'authorization_code') {
      const code = codes.get(form.code ?? '')
      codes.delete(form.code ?? '')
      return code !== undefined && isVerified(code, form)
        ? grant(response)
        : json(response, 400, { error: 'invalid_grant' })
    }
    return refreshTokens.delete(form.refresh_token ?? '')
      ? grant(response)
      : json(response, 400, { error: 'invalid_grant' })
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://provider')
    if (url.pathname === '/token') return void tokenEndpoint(request, response).catch(() => response.destroy())
    if (url.pathname === '/userinfo') {
      const who = accessTokens.get((request.headers.authorization ?? '').replace('Bearer ', ''))
      return json(response, who === undefined ? 401 : 200, who ?? {})
    }
    if (url.pathname !== '/authorize') return json(response, 404, {})
    const code = token()
    const redirectUri = url.searchParams.get('redirect_uri') ?? ''
    codes.set(code, { challenge: url.searchParams.get('code_challenge') ?? '', redirectUri })
    const back = new URL(redirectUri)
    back.searchParams.set('code', code)
    back.searchParams.set('state', url.searchParams.get('state') ?? '')
    response.writeHead(302, { location: back.href })
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    endpoints: { authorize: `${base}/authorize`, token: `${base}/token`, userinfo: `${base}/userinfo` },
    script,
    grants,
    async consent(authorizeUrl) {
      const answer = await fetch(authorizeUrl, { redirect: 'manual' })
      return new URL(answer.headers.get('location') ?? '')
    },
    isGood: (accessToken) => accessTokens.has(accessToken),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

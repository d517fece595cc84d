import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

/** Who signs in next at the stand-in, and what it does wrong. */
export interface OidcScript {
  subject: string
  email: string | null
  emailVerified: boolean
  givenName: string
  /** Puts the address into the userinfo answer only. */
  addressInUserinfo: boolean
  /** Answers with something else than what was asked for. */
  wrong: 'nonce' | 'audience' | 'issuer' | 'signature' | null
  /** The person does not agree. */
  denies: boolean
  isDown: boolean
}

export interface OidcProvider {
  readonly issuer: string
  readonly client: { readonly id: string; readonly secret: string }
  readonly script: OidcScript
  /** What a person does on the sign-in page: the address that the browser is sent back to. */
  signIn(authorizeUrl: string): Promise<URL>
  close(): Promise<void>
}

const token = (): string => randomBytes(18).toString('base64url')

async function bodyOf(request: IncomingMessage): Promise<Record<string, string>> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString('utf8')))
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

/** An OpenID provider on loopback: codes are good once, with their verifier and the client's secret. */
export async function startOidcProvider(): Promise<OidcProvider> {
  const client = { id: 'imperal-test', secret: 'secret-of-the-client' }
  const script: OidcScript = {
    subject: 'sub-ada',
    email: 'ada@example.com',
    emailVerified: true,
    givenName: 'Ada',
    addressInUserinfo: false,
    wrong: null,
    denies: false,
    isDown: false,
  }
  const keys = await generateKeyPair('RS256')
  const others = await generateKeyPair('RS256')
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k1', use: 'sig', alg: 'RS256' }
  const codes = new Map<string, { challenge: string; redirectUri: string; nonce: string }>()
  const access = new Map<string, OidcScript>()
  let issuer = ''

  const claimsOf = ({ email, emailVerified, givenName }: OidcScript) => ({
    ...(email === null ? {} : { email, email_verified: emailVerified }),
    given_name: givenName,
  })
  const identityToken = (nonce: string) =>
    new SignJWT({
      nonce: script.wrong === 'nonce' ? 'another' : nonce,
      ...(script.addressInUserinfo ? {} : claimsOf(script)),
    })
      .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
      .setSubject(script.subject)
      .setIssuer(script.wrong === 'issuer' ? 'http://127.0.0.1:1' : issuer)
      .setAudience(script.wrong === 'audience' ? 'somebody-else' : client.id)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(script.wrong === 'signature' ? others.privateKey : keys.privateKey)

  async function grant(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request)
    const code = codes.get(body.code ?? '')
    codes.delete(body.code ?? '')
    const proves =
      createHash('sha256')
        .update(body.code_verifier ?? '')
        .digest('base64url') === code?.challenge
    const isClient = body.client_id === client.id && body.client_secret === client.secret
    if (code === undefined || !proves || !isClient || body.redirect_uri !== code.redirectUri)
      return json(response, 400, { error: 'invalid_grant' })
    const accessToken = token()
    access.set(accessToken, { ...script })
    json(response, 200, {
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: 300,
      id_token: await identityToken(code.nonce),
    })
  }

  function authorize(url: URL, response: ServerResponse): void {
    const asked = url.searchParams
    const back = new URL(asked.get('redirect_uri') ?? '')
    back.searchParams.set('state', asked.get('state') ?? '')
    if (script.denies) back.searchParams.set('error', 'access_denied')
    else {
      const code = token()
      codes.set(code, {
        challenge: asked.get('code_challenge') ?? '',
        redirectUri: asked.get('redirect_uri') ?? '',
        nonce: asked.get('nonce') ?? '',
      })
      back.searchParams.set('code', code)
    }
    response.writeHead(302, { location: back.href })
    response.end()
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', issuer)
    if (script.isDown) return json(response, 503, {})
    if (url.pathname === '/.well-known/openid-configuration')
      return json(response, 200, {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        userinfo_endpoint: `${issuer}/userinfo`,
        jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
      })
    if (url.pathname === '/jwks') return json(response, 200, { keys: [jwk] })
    if (url.pathname === '/authorize') return authorize(url, response)
    if (url.pathname === '/token') {
      grant(request, response).catch(() => json(response, 500, {}))
      return
    }
    const person = access.get(/^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '')
    if (url.pathname !== '/userinfo' || person === undefined) return json(response, 401, {})
    json(response, 200, { sub: person.subject, ...claimsOf(person) })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    issuer,
    client,
    script,
    async signIn(address) {
      const answer = await fetch(address, { redirect: 'manual' })
      return new URL(answer.headers.get('location') ?? '')
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

import { describe, expect, test } from 'vitest'
import { ImperalAuth, requireAuth, requireScope } from '../src/auth/index.ts'
import { toBase64Url, utf8 } from '../src/encoding.ts'

const NOW = Date.parse('2026-06-10T10:00:00Z')
const ALGORITHM = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
const generate = () =>
  crypto.subtle.generateKey({ ...ALGORITHM, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) }, true, [
    'sign',
    'verify',
  ])
const [first, second] = [await generate(), await generate()]

const encoded = (value: object) => toBase64Url(utf8(JSON.stringify(value)))
async function tokenOf(claims: object, { header = {}, key = first.privateKey } = {}): Promise<string> {
  const signed = `${encoded({ alg: 'RS256', kid: 'one', ...header })}.${encoded(claims)}`
  const signature = await crypto.subtle.sign(ALGORITHM.name, key, new Uint8Array(utf8(signed)))
  return `${signed}.${toBase64Url(new Uint8Array(signature))}`
}
const claims = (more: object = {}) => ({ sub: 'imp_u_ada', iat: NOW / 1000, exp: NOW / 1000 + 900, ...more })

/** A platform that publishes these keys, and what it was asked. */
async function platform(published: Record<string, typeof first.publicKey> = { one: first.publicKey }) {
  const asked: string[] = []
  const clock = { now: NOW }
  const answer: typeof fetch = async (input, init) => {
    const url = String(input)
    asked.push(new URL(url).pathname)
    if (url.endsWith('/v1/auth/me'))
      return new Headers(init?.headers).get('authorization') === 'Bearer good'
        ? Response.json({ imperal_id: 'imp_u_ada' })
        : new Response('{}', { status: 401 })
    const keys = await Promise.all(
      Object.entries(published).map(async ([kid, key]) => ({ ...(await crypto.subtle.exportKey('jwk', key)), kid })),
    )
    return Response.json({ keys })
  }
  const auth = new ImperalAuth('https://cloud.example/', { fetch: answer, now: () => clock.now })
  return { auth, asked, clock, published }
}

describe('[3.18] a service of one’s own tells who comes', () => {
  test('by the signature of the platform, with the usual claims', async () => {
    const { auth, asked } = await platform()
    const more = { email: 'ada@example.com', tenant_id: 'acme', org_id: 'o1', role: 'admin', scopes: ['notes:*'] }
    const user = await auth.verify(await tokenOf(claims(more)))
    expect(user).toMatchObject({ imperalId: 'imp_u_ada', email: 'ada@example.com', tenantId: 'acme', orgId: 'o1' })
    expect([user.role, user.hasScope('notes:read'), user.hasScope('mail:read')]).toEqual(['admin', true, false])
    const plain = await auth.verify(await tokenOf(claims()))
    expect([plain.tenantId, plain.role, plain.email, plain.scopes]).toEqual(['default', 'user', null, []])
    expect(asked).toEqual(['/v1/auth/.well-known/jwks.json'])
  })

  test('keys are kept for an hour, and fetched once more when a token fits none', async () => {
    const { auth, asked, clock, published } = await platform()
    await auth.verify(await tokenOf(claims()))
    const rotated = await tokenOf(claims({ exp: NOW / 1000 + 9000 }), {
      header: { kid: 'two' },
      key: second.privateKey,
    })
    await expect(auth.verify(rotated)).rejects.toThrow('Invalid token: its signature does not fit')
    published.two = second.publicKey
    expect((await auth.verify(rotated)).imperalId).toBe('imp_u_ada')
    expect(asked).toHaveLength(3)
    clock.now += 3600_001
    await auth.verify(rotated)
    expect(asked).toHaveLength(4)
  })

  test.each<[string, () => Promise<string>, RegExp]>([
    ['that is over', () => tokenOf(claims({ exp: NOW / 1000 - 60 })), /^Token expired$/],
    ['of nobody', () => tokenOf(claims({ sub: '' })), /names nobody/],
    ['without an end', () => tokenOf({ sub: 'a', iat: NOW / 1000 }), /begins and ends/],
    ['that begins later', () => tokenOf(claims({ iat: NOW / 1000 + 600 })), /begins later/],
    ['of another signer', () => tokenOf(claims(), { key: second.privateKey }), /signature does not fit/],
    [
      'whose content was changed',
      async () => (await tokenOf(claims())).replace(/\.[^.]+\./, `.${encoded(claims({ role: 'admin' }))}.`),
      /signature does not fit/,
    ],
    [
      'that says it needs no signature',
      async () => `${encoded({ alg: 'none' })}.${encoded(claims())}.AA`,
      /not signed with RS256/,
    ],
    [
      'signed with the public key as a secret',
      () => tokenOf(claims(), { header: { alg: 'HS256' } }),
      /not signed with RS256/,
    ],
    ['that is no token', async () => 'nonsense', /three parts/],
    ['in three pieces of nonsense', async () => 'a.b.c', /header cannot be read/],
  ])('a token %s is refused', async (_what, make, reason) => {
    const { auth } = await platform()
    await expect(auth.verify(await make())).rejects.toThrow(reason)
  })

  test('a platform that is away is said so, and never let through', async () => {
    const away = new ImperalAuth('https://cloud.example', { fetch: () => Promise.reject(new TypeError('refused')) })
    await expect(away.verify(await tokenOf(claims()))).rejects.toThrow('The platform cannot be reached')
    const broken = new ImperalAuth('https://cloud.example', { fetch: async () => new Response('', { status: 503 }) })
    await expect(broken.verify(await tokenOf(claims()))).rejects.toThrow('it answered 503')
  })

  test('getUserInfo asks the platform', async () => {
    const { auth } = await platform()
    expect(await auth.getUserInfo('good')).toEqual({ imperal_id: 'imp_u_ada' })
    await expect(auth.getUserInfo('bad')).rejects.toThrow('Invalid token')
  })
})

describe('[3.18] middleware', () => {
  const served = async (authorization: string | null, scopes?: readonly string[]) => {
    const { auth } = await platform()
    const greet = (_request: Request, user: { imperalId: string }) => new Response(user.imperalId)
    const handle = scopes === undefined ? requireAuth(auth, greet) : requireScope(auth, scopes, greet)
    const headers = authorization === null ? {} : { authorization }
    return handle(new Request('https://service.example/', { headers }))
  }

  test('lets in whoever brings a good token, and nobody else', async () => {
    const good = await served(`Bearer ${await tokenOf(claims())}`)
    expect([good.status, await good.text()]).toEqual([200, 'imp_u_ada'])
    for (const wrong of [null, 'Basic YTpi', 'Bearer', 'Bearer nonsense']) {
      const refused = await served(wrong)
      expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    }
  })

  test('wants all scopes, and names those that are missing', async () => {
    const token = `Bearer ${await tokenOf(claims({ scopes: ['notes:read'] }))}`
    expect((await served(token, ['notes:read'])).status).toBe(200)
    const refused = await served(token, ['notes:read', 'notes:write'])
    expect(refused.status).toBe(403)
    expect(await refused.json()).toMatchObject({ message: 'Missing scope: notes:write' })
  })
})

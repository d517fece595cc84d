import { keys } from '@imperal/contract'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { openFixture, SERVICE_TOKEN } from './test-fixture.ts'

const home = await openFixture()
const { send, clock, identity } = home
afterAll(() => home.close())

let users = 0
let ada: Awaited<ReturnType<typeof home.join>>
beforeEach(async () => {
  ada = await home.join(`user${++users}@example.com`)
})

const createKey = (body: Record<string, unknown>, token = ada.access_token) => send('POST', '/v1/keys', { token, body })

describe('API keys', () => {
  test('[POST /v1/keys] shows the key once and keeps only its hash', async () => {
    const answer = await createKey({ name: 'ci', scopes: 'notes:read, tasks.write' })
    expect(answer.statusCode).toBe(201)
    const key = keys.create.response.parse(answer.json())
    expect(key).toMatchObject({ name: 'ci', scopes: 'notes:read tasks:write', key_prefix: key.key.slice(0, 13) })
    expect(key.key).toMatch(/^imp_live_[A-Za-z0-9]{32}$/)
    const list = await send('GET', '/v1/keys', { token: ada.access_token })
    expect(list.json()).toEqual([
      {
        id: key.id,
        key_prefix: key.key_prefix,
        name: 'ci',
        scopes: 'notes:read tasks:write',
        last_used_at: null,
        created_at: key.created_at,
      },
    ])
    const [stored] = await home.rows<{ text: string }>(
      'select k::text as text from identity.api_key k where key_id = $1',
      [key.id],
    )
    expect(stored?.text).not.toContain(key.key)
    expect((await home.audited('key.created')).at(-1)).toMatchObject({ target_id: key.id })
  })

  test('[api 1.7] a key signs its owner in, as Bearer and as x-api-key, but manages nothing', async () => {
    const { key } = (await createKey({ name: 'mcp' })).json()
    expect((await home.me(key)).json().imperal_id).toBe(ada.userId)
    expect((await send('GET', '/v1/auth/me', { headers: { 'x-api-key': key } })).json().imperal_id).toBe(ada.userId)
    expect((await createKey({ name: 'more' }, key)).statusCode).toBe(403)
    expect((await send('GET', '/v1/auth/sessions', { token: key })).statusCode).toBe(403)
    const change = { current_password: 's3cure!', new_password: 'new-password' }
    expect((await send('POST', '/v1/auth/me/change-password', { token: key, body: change })).statusCode).toBe(403)
  })

  test('[api 1.7] what a key may do is what both its list and its owner allow', async () => {
    const principalOf = async (scopes: string) =>
      identity.authenticate({ 'x-api-key': (await createKey({ name: 'k', scopes })).json().key })
    expect(await principalOf('*')).toMatchObject({ scopes: expect.arrayContaining(['store:*']), credential: 'api_key' })
    expect((await principalOf('*'))?.limitedTo).toBeUndefined()
    expect(await principalOf('store:read admin:users')).toMatchObject({
      scopes: ['store:read'],
      limitedTo: ['store:read', 'admin:users'],
    })
  })

  test('[DELETE /v1/keys/{key_id}] takes effect at once, and only for the owner', async () => {
    const { id, key } = (await createKey({ name: 'gone' })).json()
    expect((await home.me(key)).statusCode).toBe(200)
    const eve = await home.join(`eve${users}@example.com`)
    expect((await send('DELETE', `/v1/keys/${id}`, { token: eve.access_token })).statusCode).toBe(404)
    const answer = await send('DELETE', `/v1/keys/${id}`, { token: ada.access_token })
    expect(answer.json()).toEqual({ message: 'The key was revoked.', id })
    expect((await home.me(key)).statusCode).toBe(401)
    expect((await send('DELETE', `/v1/keys/${id}`, { token: ada.access_token })).statusCode).toBe(404)
  })

  test('[POST /v1/keys] twenty active keys are the most, also when many are created at once', async () => {
    const answers = await Promise.all(Array.from({ length: 25 }, (_, i) => createKey({ name: `key ${i}` })))
    const codes = answers.map((answer) => answer.statusCode)
    expect(codes.filter((code) => code === 201)).toHaveLength(20)
    expect(codes.filter((code) => code === 409)).toHaveLength(5)
  })

  test('[POST /v1/keys] a list that holds no scope is refused', async () => {
    for (const scopes of ['notes read!', ',', 'a b;drop'])
      expect((await createKey({ name: 'bad', scopes })).statusCode).toBe(400)
    expect((await createKey({ name: '' })).statusCode).toBe(422)
  })

  test('[GET /v1/keys] the last use is noted', async () => {
    const { key } = (await createKey({ name: 'used' })).json()
    await home.me(key)
    await expect
      .poll(async () => (await send('GET', '/v1/keys', { token: ada.access_token })).json()[0].last_used_at)
      .toBe(new Date(clock.now()).toISOString())
  })

  test('[POST /v1/internal/auth/api-keys/validate] tells services whose key it is, and users nothing', async () => {
    const { key } = (await createKey({ name: 'registry', scopes: 'notes:*' })).json()
    const validate = (text: string, headers: Record<string, string> = { 'x-service-token': SERVICE_TOKEN }) =>
      send('POST', '/v1/internal/auth/api-keys/validate', { body: { api_key: text }, headers })
    expect((await validate(key)).json()).toEqual({
      valid: true,
      app_id: null,
      scope: 'notes:*',
      tenant_id: 'default',
      owner_id: ada.userId,
      scopes: ['notes:*'],
    })
    expect((await validate('imp_live_unknown')).json()).toEqual({ valid: false, error: 'unknown or revoked key' })
    expect((await validate(key, { authorization: `Bearer ${ada.access_token}` })).statusCode).toBe(403)
    await home.rows("update identity.account set status = 'inactive' where user_id = $1", [ada.userId])
    clock.advance(300_000)
    expect((await validate(key)).json().valid).toBe(false)
  })
})

describe('name', () => {
  const patch = (body: object) => send('PATCH', '/v1/auth/me', { token: ada.access_token, body })

  test('[I7-surfaces] people change how they are called; a part that is not sent stays, and the log knows', async () => {
    const answer = await patch({ first_name: ' Augusta ', last_name: 'King' })
    expect(answer.json()).toMatchObject({ first_name: 'Augusta', last_name: 'King', display_name: 'Augusta King' })
    expect((await patch({ last_name: 'Lovelace' })).json()).toMatchObject({ display_name: 'Augusta Lovelace' })
    const me = await send('GET', '/v1/auth/me', { token: ada.access_token })
    expect(me.json()).toMatchObject({ display_name: 'Augusta Lovelace', email: me.json().email })
    expect((await patch({ first_name: 'x'.repeat(101) })).statusCode).toBe(422)
    // Nobody is made an administrator by that.
    expect((await patch({ role: 'admin' })).json()).toMatchObject({ role: 'user', display_name: 'Augusta Lovelace' })
  })
})

describe('nickname', () => {
  const put = (nickname: string, token = ada.access_token) =>
    send('PUT', '/v1/me/nickname', { token, body: { nickname } })

  test('[PUT /v1/me/nickname] is kept in lower case and shown', async () => {
    const token = ada.access_token
    expect((await send('GET', '/v1/me/nickname', { token })).json()).toEqual({ nickname: null })
    expect((await put('Ada-Lovelace')).json()).toEqual({ nickname: 'ada-lovelace' })
    expect((await send('GET', '/v1/me/nickname', { token })).json()).toEqual({ nickname: 'ada-lovelace' })
    expect((await put('ada-lovelace')).statusCode).toBe(200)
    await put(`ada-${users}`)
  })

  test.each([
    ['ab', 'invalid nickname'],
    ['-ada', 'invalid nickname'],
    ['ada!', 'invalid nickname'],
    ['x'.repeat(31), 'invalid nickname'],
    ['admin', 'reserved'],
    ['imperal', 'reserved'],
  ])('[PUT /v1/me/nickname] %s is refused as %s', async (nickname, word) => {
    const answer = await put(nickname)
    expect(answer.statusCode).toBe(400)
    expect(answer.json().detail).toContain(word)
  })

  test('[PUT /v1/me/nickname] of several users who want one at once one gets it', async () => {
    const others = await Promise.all([1, 2, 3, 4].map((n) => home.join(`n${n}-${users}@example.com`)))
    const answers = await Promise.all(others.map((user) => put('babbage', user.access_token)))
    expect(answers.map((answer) => answer.statusCode).sort()).toEqual([200, 400, 400, 400])
    expect(answers.find((answer) => answer.statusCode === 400)?.json().detail).toContain('taken')
  })
})

describe('settings', () => {
  const patch = (body: Record<string, unknown>) => send('PATCH', '/v1/me/settings', { token: ada.access_token, body })
  const get = async () => (await send('GET', '/v1/me/settings', { token: ada.access_token })).json().settings

  test('[GET /v1/me/settings] a new user has the defaults', async () => {
    expect(await get()).toMatchObject({
      confirmation_enabled: false,
      confirmation_actions: { write: true, destructive: true, all: false },
      confirmation_ttl: null,
      language: null,
      llm: null,
      notifications: { enabled: true, default: ['bell'], apps: {} },
    })
  })

  test('[PATCH /v1/me/settings] changes what is named, answers everything, and tells the open browsers', async () => {
    const messages = home.announced()
    const answer = await patch({ language: 'de', timezone: 'Europe/Berlin', confirmation_enabled: true })
    expect(answer.json().settings).toMatchObject({ language: 'de', confirmation_enabled: true, max_tool_rounds: 10 })
    expect((await patch({ language: null })).json().settings).toMatchObject({
      language: null,
      timezone: 'Europe/Berlin',
    })
    expect(await get()).toEqual((await identity.settings('default', ada.userId)) as object)
    await expect
      .poll(() => messages.map((message) => message.payload))
      .toContainEqual(expect.objectContaining({ event_type: 'settings.changed', user_id: ada.userId }))
  })

  test('[PATCH /v1/me/settings] ten changes at once all count', async () => {
    const names = Array.from({ length: 10 }, (_, i) => `app${i}`)
    await Promise.all(names.map((name) => patch({ confirmation_overrides: { [name]: true } })))
    expect(Object.keys((await get()).confirmation_overrides).sort()).toEqual(names)
  })

  test('[PATCH /v1/me/settings] the list form of confirmation_actions names the types that ask', async () => {
    const answer = await patch({ confirmation_actions: ['destructive'] })
    expect(answer.json().settings.confirmation_actions).toEqual({ write: false, destructive: true, all: false })
  })

  test.each([
    { notifications: { enabled: true, default: ['pigeon'], apps: {} } },
    { confirmation_ttl: 5 },
    { timezone: 'Mars/Olympus' },
    { max_tool_rounds: 0 },
    { llm: { provider: 'acme', model: 'm' } },
  ])('[PATCH /v1/me/settings] %j is 422', async (body) => {
    expect((await patch(body)).statusCode).toBe(422)
  })

  test('[PATCH /v1/me/settings] where the role enforces confirmations nobody switches them off', async () => {
    await home.rows(
      "insert into identity.role (tenant_id, name, confirmation_policy) values ('default', 'careful', 'enforced') on conflict do nothing",
    )
    await home.rows("update identity.account set role = 'careful' where user_id = $1", [ada.userId])
    clock.advance(300_000)
    expect(await get()).toMatchObject({ confirmation_enabled: true, role_confirmation_policy: 'enforced' })
    expect((await patch({ confirmation_enabled: false })).statusCode).toBe(403)
    expect((await patch({ language: 'fr' })).statusCode).toBe(200)
  })

  describe('the own model', () => {
    const model = { provider: 'openai_compatible', model: 'm-1', base_url: 'https://models.example.com/v1/' }

    test('[K9.5] its key is never answered, is sealed at rest, and reaches the model module', async () => {
      const answer = await patch({ llm: { ...model, api_key: 'sk-very-secret' } })
      expect(answer.json().settings.llm).toEqual({
        provider: 'openai_compatible',
        model: 'm-1',
        base_url: 'https://models.example.com/v1',
        byollm_fallback: 'platform',
        has_key: true,
      })
      const stored = await home.rows('select s::text from identity.user_settings s where user_id = $1', [ada.userId])
      expect(JSON.stringify(stored)).not.toContain('sk-very-secret')
      expect(await identity.ownModel('default', ada.userId)).toEqual({
        provider: 'openai_compatible',
        model: 'm-1',
        routingModel: null,
        executionModel: null,
        navigateModel: null,
        baseUrl: 'https://models.example.com/v1',
        apiKey: 'sk-very-secret',
        fallback: 'platform',
      })
    })

    test('[PATCH /v1/me/settings] the key stays while provider and address stay, and goes when they change', async () => {
      await patch({ llm: { ...model, api_key: 'sk-very-secret' } })
      expect((await patch({ llm: { ...model, model: 'm-2' } })).json().settings.llm).toMatchObject({
        model: 'm-2',
        has_key: true,
      })
      const moved = await patch({ llm: { ...model, base_url: 'https://elsewhere.example.com' } })
      expect(moved.json().settings.llm.has_key).toBe(false)
      expect((await identity.ownModel('default', ada.userId))?.apiKey).toBeNull()
    })

    test('[PATCH /v1/me/settings] null removes model and key', async () => {
      await patch({ llm: { ...model, api_key: 'sk-very-secret' } })
      expect((await patch({ llm: null })).json().settings.llm).toBeNull()
      expect(await identity.ownModel('default', ada.userId)).toBeNull()
      expect((await patch({ llm: model })).json().settings.llm.has_key).toBe(false)
    })

    test('[api 7.7] a private address is refused unless the operator allows it', async () => {
      const local = { llm: { ...model, base_url: 'http://127.0.0.1:11434/v1' } }
      const refused = await patch(local)
      expect([refused.statusCode, refused.json().error]).toEqual([400, 'invalid_request'])
      const open = await home.openNode({ allowPrivateNetwork: true })
      const answer = await open.send('PATCH', '/v1/me/settings', { token: ada.access_token, body: local })
      await open.close()
      expect(answer.statusCode).toBe(200)
    })
  })
})

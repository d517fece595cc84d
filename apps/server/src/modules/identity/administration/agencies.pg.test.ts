import { AGENCY_COLORS, agencies } from '@imperal/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPeople, type Person } from './test-people.ts'
import { contrastOf } from './theme-contrast.ts'

const home = await openPeople()
const { root, service } = home
let user: Person
let member: Person
let acmeAdmin: Person
beforeAll(async () => {
  await home.tenant('acme')
  user = await home.add()
  acmeAdmin = await home.add({ tenant: 'acme', role: 'admin' })
  await root.ask('POST', '/v1/agencies', { agency_id: 'north', display_name: 'North', domain: 'North.example' })
  member = await home.add({ more: { agency_id: 'north' } })
})
afterAll(() => home.close())

const settings = (who: Person, body: object, id = 'north') => who.ask('PUT', `/v1/agencies/${id}/settings`, body)

describe('[POST /v1/agencies] [GET /v1/agencies] [GET /v1/agencies/{agency_id}]', () => {
  test('one is made once, with an id and a domain of its own', async () => {
    const answer = await root.ask('POST', '/v1/agencies', {
      agency_id: 'south',
      display_name: 'South',
      settings: { logo_url: '/logo.svg', slogan: 'warm' },
    })
    expect(answer.statusCode).toBe(201)
    expect(agencies.create.response.parse(answer.json())).toMatchObject({
      agency_id: 'south',
      domain: null,
      settings: { logo_url: '/logo.svg', logo_dark_url: '/logo.svg', slogan: 'warm' },
    })
    const again = (more: object) => root.ask('POST', '/v1/agencies', { agency_id: 'south', display_name: 'S', ...more })
    expect((await again({})).statusCode).toBe(409)
    expect((await again({ agency_id: 'other', domain: 'north.example' })).statusCode).toBe(409)
    expect((await again({ agency_id: 'bad', settings: { api_token: 'x' } })).statusCode).toBe(422)
    expect((await user.ask('POST', '/v1/agencies', { agency_id: 'mine', display_name: 'M' })).statusCode).toBe(403)
    expect((await acmeAdmin.ask('POST', '/v1/agencies', { agency_id: 'north', display_name: 'Ours' })).statusCode).toBe(
      201,
    )
  })

  test('administrators list those of the tenant; members and administrators look at one', async () => {
    const ids = async (who: Person, query = '') =>
      (await who.ask('GET', `/v1/agencies${query}`)).json<{ agency_id: string }[]>().map((agency) => agency.agency_id)
    expect(await ids(root)).toEqual(['north', 'south'])
    expect(await ids(root, '?limit=1&offset=1')).toEqual(['south'])
    expect(await ids(acmeAdmin)).toEqual(['north'])
    expect((await root.ask('GET', '/v1/agencies?limit=501')).statusCode).toBe(422)
    expect((await member.ask('GET', '/v1/agencies/north')).json()).toMatchObject({ display_name: 'North' })
    expect((await acmeAdmin.ask('GET', '/v1/agencies/north')).json()).toMatchObject({ display_name: 'Ours' })
    for (const [who, id] of [
      [user, 'north'],
      [member, 'south'],
      [root, 'nowhere'],
    ] as const)
      expect((await who.ask('GET', `/v1/agencies/${id}`)).statusCode).toBe(404)
  })
})

describe('[GET /v1/agencies/me]', () => {
  test('the own agency, or the look of the platform under the name of the tenant', async () => {
    expect((await member.ask('GET', '/v1/agencies/me')).json()).toMatchObject({
      agency_id: 'north',
      domain: 'north.example',
    })
    expect((await user.ask('GET', '/v1/agencies/me')).json()).toEqual({
      agency_id: 'default',
      display_name: 'Default',
      domain: null,
      settings: {},
      theme: { colors: {}, density: 'default', radius: 'default' },
      created_at: null,
    })
  })

  test('changing the agency of a user counts at the next request', async () => {
    await root.ask('PATCH', `/v1/users/${user.userId}`, { agency_id: 'south' })
    expect((await user.ask('GET', '/v1/agencies/me')).json()).toMatchObject({ agency_id: 'south' })
    await root.ask('PATCH', `/v1/users/${user.userId}`, { agency_id: null })
    expect((await user.ask('GET', '/v1/agencies/me')).json()).toMatchObject({ agency_id: 'default' })
    expect((await root.ask('PATCH', `/v1/users/${user.userId}`, { agency_id: 'nowhere' })).statusCode).toBe(404)
  })
})

describe('[PUT /v1/agencies/{agency_id}/settings]', () => {
  test('merges: what is left out stays, unknown members are kept, and the dark logo falls back to the light one', async () => {
    await settings(root, { logo_url: 'https://cdn.example/a.svg', extra: { slogan: 'cold', deep: { a: 1 } } })
    const answer = await settings(root, {
      retention_days: 90,
      compliance_tier: 'federal',
      extra: { slogan: null, new: true },
    })
    expect(answer.json().settings).toEqual({
      logo_url: 'https://cdn.example/a.svg',
      logo_dark_url: 'https://cdn.example/a.svg',
      retention_days: 90,
      compliance_tier: 'federal',
      deep: { a: 1 },
      new: true,
    })
    // `null` takes a setting away at the top as well.
    expect((await settings(root, { retention_days: null })).json().settings).not.toHaveProperty('retention_days')
    const dark = await settings(root, { logo_dark_url: '/dark.svg' })
    expect(dark.json().settings).toMatchObject({ logo_url: 'https://cdn.example/a.svg', logo_dark_url: '/dark.svg' })
  })

  test('refuses addresses that are no pictures of the agency, credentials and values out of range', async () => {
    const wrong = [
      { logo_url: 'javascript:alert(1)' },
      { logo_url: 'data:image/svg+xml,x' },
      { logo_url: 'file:///etc/passwd' },
      { logo_url: '//evil.example/x.svg' },
      { logo_url: 'http://plain.example/x.svg' },
      { compliance_tier: 'gold' },
      { retention_days: 0 },
      { retention_days: 3651 },
      { extra: { Api_Key: 'x' } },
      { extra: { deep: [{ deeper: { accessToken: 'x' } }] } },
      { extra: { smtp: { password: 'x' } } },
      { extra: { my_secret_name: 'x' } },
    ]
    for (const body of wrong) expect([body, (await settings(root, body)).statusCode]).toEqual([body, 422])
  })

  test('two changes at once both count, and only administrators and services make any', async () => {
    await Promise.all([settings(root, { extra: { left: 1 } }), settings(root, { extra: { right: 2 } })])
    expect((await root.ask('GET', '/v1/agencies/north')).json().settings).toMatchObject({ left: 1, right: 2 })
    expect((await settings(member, { extra: { a: 1 } })).statusCode).toBe(403)
    expect((await settings(acmeAdmin, { extra: { a: 1 } }, 'south')).statusCode).toBe(404)
    expect((await service('PUT', '/v1/agencies/north/settings', { extra: { a: 1 } })).statusCode).toBe(200)
    expect((await service('PUT', '/v1/agencies/north/settings', {}, member.userId)).statusCode).toBe(403)
  })
})

describe('[PUT /v1/agencies/{agency_id}/theme] white label', () => {
  const theme = (body: object) => root.ask('PUT', '/v1/agencies/north/theme', body)
  const pair = (light: string, dark: string) => ({ light, dark })

  test('[ui 4.15] 26 colours, density and radius; members see them', async () => {
    expect(AGENCY_COLORS).toHaveLength(26)
    const body = { colors: { primary: pair('#0a5c2f', '#8fe3b0') }, density: 'compact', radius: 'sharp' }
    expect((await theme(body)).json().theme).toEqual(body)
    expect((await member.ask('GET', '/v1/agencies/me')).json().theme).toEqual(body)
  })

  test('[ui 4.15] unknown keys, odd colours, and a primary that cannot be read are refused', async () => {
    expect((await theme({ colors: { glow: pair('#ffffff', '#000000') } })).statusCode).toBe(422)
    expect((await theme({ colors: { primary: pair('red', '#000000') } })).statusCode).toBe(422)
    expect((await theme({ css: '*{}' })).statusCode).toBe(422)
    const pale = await theme({ colors: { primary: pair('#eeeeee', '#6f9bff') } })
    expect([pale.statusCode, pale.json().message]).toEqual([422, expect.stringContaining('light mode')])
    const dark = await theme({ colors: { primary: pair('#2453c4', '#202020') } })
    expect(dark.json().message).toContain('dark mode')
    const ground = await theme({ colors: { 'surface-0': pair('#2453c4', '#121211') } })
    expect(ground.statusCode).toBe(422)
  })

  test('[ui 4.15] a stored pair that is none is left out, the rest applies', async () => {
    await home.rows(
      `update identity.agency set theme = '{"colors": {"primary": {"light": "#0a5c2f", "dark": "oops"}, "accent": {"light": "#111111", "dark": "#eeeeee"}}, "density": "odd"}' where agency_id = 'north' returning 1`,
    )
    expect((await member.ask('GET', '/v1/agencies/me')).json().theme).toEqual({
      colors: { accent: pair('#111111', '#eeeeee') },
      density: 'default',
      radius: 'default',
    })
  })

  test('contrast is counted as WCAG does', () => {
    expect(contrastOf('#000000', '#ffffff')).toBeCloseTo(21, 5)
    expect(contrastOf('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
  })
})

test('[api 3.7] known settings are checked in extra as well, and no logo leads to another host', async () => {
  const wrong = [
    { logo_url: '/\\evil.example/a.svg' },
    { extra: { logo_url: '/\\evil.example/a.svg' } },
    { extra: { logo_url: 'javascript:alert(1)' } },
    { extra: { logo_dark_url: '//evil.example' } },
    { extra: { compliance_tier: 'none' } },
    { extra: { retention_days: -1 } },
  ]
  for (const body of wrong) expect([body, (await settings(root, body)).statusCode]).toEqual([body, 422])
  expect((await settings(root, { extra: { retention_days: 30, slogan: 'x' } })).statusCode).toBe(200)
  expect((await settings(root, { extra: { retention_days: null } })).statusCode).toBe(200)
})

test('[GET /v1/agencies/look] pages before the sign-in look like the agency whose domain was asked for, and tell nothing else', async () => {
  const look = (host: string) => home.send('GET', '/v1/agencies/look', { headers: { host } })
  await root.ask('POST', '/v1/agencies', { agency_id: 'west', display_name: 'West' })
  const change = (body: object) => settings(root, body, 'west')
  const theme = { colors: {}, density: 'compact', radius: 'sharp' }
  expect((await root.ask('PUT', '/v1/agencies/west/theme', theme)).statusCode).toBe(200)
  const facts = { support_email: 'help@west.example', logo_url: '/west.svg', retention_days: 30 }
  expect((await change({ ...facts, display_name: 'West & Co', domain: 'Portal.West.example' })).json()).toMatchObject({
    display_name: 'West & Co',
    domain: 'portal.west.example',
  })
  for (const host of ['portal.west.example', 'PORTAL.west.example:8443'])
    expect((await look(host)).json()).toEqual({
      display_name: 'West & Co',
      logo_url: '/west.svg',
      logo_dark_url: '/west.svg',
      support_email: 'help@west.example',
      theme,
    })
  expect((await look('elsewhere.example')).json()).toMatchObject({ display_name: null, logo_url: null })
  // Nobody takes the address of the installation, or a name that another agency has.
  await acmeAdmin.ask('POST', '/v1/agencies', { agency_id: 'rival', display_name: 'Rival' })
  for (const domain of ['portal.west.example', '127.0.0.1'])
    expect((await settings(acmeAdmin, { domain }, 'rival')).statusCode).toBe(409)
  const taken = { agency_id: 'rival2', display_name: 'Rival', domain: '127.0.0.1.' }
  expect((await acmeAdmin.ask('POST', '/v1/agencies', taken)).statusCode).toBe(409)
  // Nor does one that was stored before the installation had this address.
  await home.rows("update identity.agency set domain = '127.0.0.1' where agency_id = 'rival'")
  for (const host of ['127.0.0.1', '127.0.0.1.'])
    expect((await look(host)).json()).toMatchObject({ display_name: null, support_email: null })
  expect((await look('portal.west.example.')).json()).toMatchObject({ display_name: 'West & Co' })
  expect((await change({ domain: 'no host name' })).statusCode).toBe(422)
  expect((await change({ domain: null })).json()).toMatchObject({ domain: null })
  expect((await look('portal.west.example')).json()).toMatchObject({ display_name: null })
})

import { HOST_CLIENTS, Manifest } from '@imperal/contract'
import { describe, expect, test } from 'vitest'
import { isOffered } from './callbacks/availability.ts'
import { needsConfirmation } from './confirmations/needs-confirmation.ts'
import { localTime } from './context/local-time.ts'
import { mergeAround } from './context/resolve-config.ts'
import { createHandlerTable } from './handlers/handler-table.ts'
import { maskArguments, preview, toDatabaseJson } from './ledger/mask.ts'
import { eventName } from './ledger/messages.ts'
import { exceeds } from './ledger/size.ts'

describe('[K3.52] event names', () => {
  const isOther = (id: string) => id === 'mail'
  test.each([
    ['created', { type: 'crm.created', aliases: [] }],
    ['crm.deal.created', { type: 'crm.deal.created', aliases: [] }],
    ['deal.created', { type: 'crm.deal.created', aliases: ['deal.created'] }],
    ['mail.sent', { type: 'crm.mail.sent', aliases: [] }],
    ['system.scheduled', { type: 'crm.system.scheduled', aliases: [] }],
    ['rbac:role_changed', { type: 'crm.rbac:role_changed', aliases: [] }],
  ])('%s', (event, expected) => {
    expect(eventName('crm', event, isOther)).toEqual(expected)
  })
})

describe('[3.5] when a call asks', () => {
  const settings = {
    confirmation_enabled: true,
    confirmation_actions: { write: true, destructive: true, all: false },
    confirmation_overrides: { notes: false, 'notes.share': true },
  }
  const need = (source: string, actionType: string, more: object = {}) =>
    needsConfirmation(
      { source, actionType, appId: 'crm', functionName: 'f', escalated: false, bypassed: false, ...more } as never,
      async () => ({ ...settings, ...(more as { settings?: object }).settings }) as never,
    )
  test.each([
    ['schedule', 'destructive', {}, 'not_required'],
    ['automation', 'destructive', {}, 'pre_authorised'],
    ['chat', 'destructive', { settings: { confirmation_enabled: false } }, 'ask'],
    ['mcp', 'destructive', { bypassed: true }, 'ask'],
    ['panel', 'write', { escalated: true, bypassed: true }, 'ask'],
    ['panel', 'write', {}, 'ask'],
    ['mcp', 'write', { bypassed: true }, 'bypassed'],
    ['panel', 'write', { settings: { confirmation_enabled: false } }, 'not_required'],
    ['panel', 'write', { appId: 'notes' }, 'not_required'],
    ['panel', 'write', { appId: 'notes', functionName: 'share' }, 'ask'],
    ['panel', 'write', { appId: 'notes', settings: { role_confirmation_policy: 'enforced' } }, 'ask'],
    ['panel', 'write', { settings: { role_confirmation_policy: 'disabled' } }, 'not_required'],
    ['chat', 'read', {}, 'not_required'],
  ])('%s %s %j: %s', async (source, type, more, expected) => {
    expect(await need(source, type, more)).toBe(expected)
  })
})

test('[3.2] ctx.time is that of the user’s zone, over a change of the clocks', () => {
  const summer = localTime(Date.parse('2026-07-01T07:30:00Z'), 'Europe/Berlin')
  expect(summer).toEqual({
    timezone: 'Europe/Berlin',
    utc_offset: '+02:00',
    now_utc: '2026-07-01T07:30:00.000Z',
    now_local: '2026-07-01T09:30:00+02:00',
    hour_local: 9,
    is_business_hours: true,
  })
  expect(localTime(Date.parse('2026-01-01T23:30:00Z'), 'Asia/Kolkata')).toMatchObject({
    utc_offset: '+05:30',
    now_local: '2026-01-02T05:00:00+05:30',
  })
  expect(localTime(0, 'Mars/Base')).toMatchObject({ timezone: 'UTC', utc_offset: '+00:00' })
})

test('[K8.35] operators’ configuration lies over the defaults of the manifest; what is for the platform stays there', () => {
  const app = {
    settings: {},
    config: { a: { x: 2 }, access_policy: { denied_users: [] }, http_allowed_hosts: ['a'] },
  }
  const version = {
    manifest: Manifest.parse({ app_id: 'crm', version: '1.0.0', config_defaults: { a: { x: 1, y: 1 }, b: [1] } }),
  }
  expect(mergeAround({ app, version, install: null } as never, { below: [], above: [] })).toEqual({
    a: { x: 2, y: 1 },
    b: [1],
  })
})

describe('masking', () => {
  test('[11.1] secrets are redacted by name, personal data by form', () => {
    expect(
      maskArguments(
        {
          apiKey: 'sk',
          nested: { Authorization: 'Bearer x' },
          pin: 1234,
          note: 'mail ada.l@example.co.uk or +49 (30) 12-34-56',
          card: '4111 1111 1111 1111',
          own: 'v',
        },
        { secrets: new Set(['own']) },
      ),
    ).toEqual({
      apiKey: '[redacted]',
      nested: { Authorization: '[redacted]' },
      pin: '[redacted]',
      note: 'mail a***@example.co.uk or [phone]',
      card: '[number]',
      own: '[redacted]',
    })
    expect(maskArguments({ to: 'ada@example.com', token: 'x' }, { personal: false })).toEqual({
      to: 'ada@example.com',
      token: '[redacted]',
    })
  })
  test('whatever is given, the copy stays small', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(100)}1${'}'.repeat(100)}`)
    const wide = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`k${index}`, 'x'.repeat(1000)]))
    expect(
      JSON.stringify(maskArguments({ deep, wide, list: Array.from({ length: 5000 }, () => 'y') })).length,
    ).toBeLessThan(40_000)
    expect(preview('x'.repeat(500))).toHaveLength(200)
    expect(preview('')).toBeNull()
  })
  test('what PostgreSQL cannot store is replaced', () => {
    expect(JSON.parse(toDatabaseJson({ 'a\0': ['\ud800', 'ok \u{1F600}', '\\u0000'] }))).toEqual({
      'a\uFFFD': ['\uFFFD', 'ok \u{1F600}', '\\u0000'],
    })
  })
})

test('sizes are measured as JSON, up to the limit', () => {
  expect(exceeds({ text: 'ü'.repeat(100) }, 200)).toBe(true)
  expect(exceeds({ text: 'u'.repeat(100) }, 200)).toBe(false)
  expect(exceeds({ list: [1, 2, 3], none: null }, 60)).toBe(false)
})

describe('[K3.36] [3.1] availability is enforced by the kernel', () => {
  const PEOPLE = 'store http ai llm notify cache secrets storage oauth billing extensions tools chat platform'.split(
    ' ',
  )
  const offered = (kind: string) =>
    Object.entries(HOST_CLIENTS)
      .filter(([client, methods]) => methods.some((method) => isOffered(kind as never, client, method)))
      .map(([client]) => client)
  test.each([
    ['event', ['store', 'ai', 'llm', 'notify']],
    ['health', ['store', 'http', 'secrets']],
    ['panel', PEOPLE],
    ['skeleton', [...PEOPLE.slice(0, 7), 'skeleton', ...PEOPLE.slice(7)]],
    ['function', [...PEOPLE.slice(0, -2), 'task', 'chat', 'platform']],
  ])('%s', (kind, clients) => {
    expect(offered(kind)).toEqual(clients)
  })
  test('[K3.37] only schedules and signals look across users', () => {
    expect(
      ['function', 'panel', 'skeleton', 'webhook', 'event', 'lifecycle', 'health'].some((kind) =>
        isOffered(kind as never, 'store', 'query_all'),
      ),
    ).toBe(false)
    expect(isOffered('schedule', 'store', 'query_all')).toBe(true)
  })
})

describe('what a manifest offers to whom', () => {
  const table = createHandlerTable({
    manifest: Manifest.parse({
      app_id: 'crm',
      version: '1.0.0',
      tools: [
        { name: 'list_deals', description: '', action_type: 'read', owner_chat_tool: 'crm' },
        { name: 'archive_deal', description: '', action_type: 'read', owner_chat_tool: 'crm' },
        {
          name: 'helper',
          description: '',
          scopes: ['crm:read'],
          parameters: { id: { type: 'string', required: true } },
        },
        { name: 'skeleton_refresh_open', description: '' },
      ],
      schedules: [{ name: 'list_deals', cron: '@daily' }],
      webhooks: [{ path: '/a/b', method: 'POST' }],
      exposed: [{ name: 'total', action_type: 'read' }],
      panels: [{ panel_id: 'side' }],
    }),
  })
  test('[2.2.4] a read whose name promises a change needs the scope of a write', () => {
    expect(table.find('api', 'archive_deal')).toMatchObject({ actionType: 'write', requiredScopes: ['crm:write'] })
    expect(table.find('api', 'list_deals')).toMatchObject({
      actionType: 'read',
      requiredScopes: ['crm:read'],
      kind: 'function',
    })
  })
  test('a name means something else at another door, or nothing', () => {
    expect(table.find('schedule', 'list_deals')?.kind).toBe('schedule')
    expect(table.find('api', 'skeleton_refresh_open')).toBeNull()
    expect(table.find('skeleton', 'skeleton_refresh_open')).toMatchObject({ kind: 'skeleton', hostName: 'open' })
    expect(table.find('api', '__webhook__a/b')).toBeNull()
    expect(table.find('webhook', '__webhook__a/b')).toMatchObject({ hostName: 'a/b' })
    expect([table.find('api', 'total'), table.find('ipc', 'total')?.kind]).toEqual([null, 'expose'])
    expect([table.find('panel', '__panel__side')?.hostName, table.find('panel', '__panel__nope')]).toEqual([
      'side',
      null,
    ])
    expect(table.find('api', '__widget__stats')?.kind).toBe('widget')
    expect(table.find('api', 'helper')).toMatchObject({ kind: 'tool', paramsSchema: { required: ['id'] } })
  })
})

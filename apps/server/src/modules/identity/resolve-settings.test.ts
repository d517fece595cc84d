import { expect, test } from 'vitest'
import { mergeSettings, resolveSettings } from './resolve-settings.ts'

const layers = { tenant: {}, policy: 'default_off' as const, user: {}, hasKey: false }

test('without choices every setting has its default', () => {
  expect(resolveSettings(layers)).toEqual({
    confirmation_enabled: false,
    confirmation_skip_read: true,
    confirmation_actions: { write: true, destructive: true, all: false },
    confirmation_overrides: {},
    confirmation_ttl: null,
    kav_max_retries: 2,
    routing_context: 20,
    max_tool_rounds: 10,
    max_response_tokens: 1024,
    notifications: { enabled: true, default: ['bell'], apps: {} },
    language: null,
    timezone: null,
    llm: null,
    role_confirmation_policy: 'default_off',
  })
})

test('the user wins over the tenant, the tenant over the platform', () => {
  const settings = resolveSettings({
    ...layers,
    tenant: { language: 'de', max_tool_rounds: 5 },
    user: { max_tool_rounds: 7, confirmation_actions: { write: false } },
  })
  expect(settings).toMatchObject({
    language: 'de',
    max_tool_rounds: 7,
    confirmation_actions: { write: false, destructive: true, all: false },
  })
})

test.each([
  ['enforced', false, true],
  ['default_on', undefined, true],
  ['default_on', false, false],
  ['default_off', undefined, false],
  ['default_off', true, true],
  ['disabled', true, false],
] as const)('confirmations under the policy %s with the choice %s: %s', (policy, chosen, expected) => {
  const user = chosen === undefined ? {} : { confirmation_enabled: chosen }
  expect(resolveSettings({ ...layers, policy, user }).confirmation_enabled).toBe(expected)
})

test('null goes back to the default, also of a single override', () => {
  const user = mergeSettings(
    { language: 'fr', confirmation_overrides: { notes: true, tasks: false } },
    { language: null, confirmation_overrides: { notes: null } },
  )
  expect(user).toEqual({ confirmation_overrides: { tasks: false } })
})

test('notifications are replaced as a whole', () => {
  const user = mergeSettings(
    { notifications: { enabled: true, default: ['email'], apps: { notes: 'off' } } },
    { notifications: { enabled: false, default: [], apps: {} } },
  )
  expect(user.notifications).toEqual({ enabled: false, default: [], apps: {} })
})

test('the own model shows whether it has a key, never the key', () => {
  const user = { llm: { provider: 'openai', model: 'm' } }
  expect(resolveSettings({ ...layers, user, hasKey: true }).llm).toEqual({
    provider: 'openai',
    model: 'm',
    has_key: true,
  })
})

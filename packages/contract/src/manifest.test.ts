import { expect, test } from 'vitest'
import { effectiveActionType, Manifest, manifestJsonSchema, mergeManifest } from './manifest.ts'

const minimal = { app_id: 'garden-log', version: '1.0.0' }

test('[M2] only app_id and version are required, lists default to empty ones', () => {
  expect(Manifest.parse(minimal)).toEqual({
    ...minimal,
    capabilities: [],
    tools: [],
    signals: [],
    schedules: [],
    required_scopes: [],
  })
})

test.each([
  ['root', { ...minimal, search_providers: [] }],
  ['tool', { ...minimal, tools: [{ name: 'a', title: 'x' }] }],
  ['events', { ...minimal, events: { subscribe: [] } }],
  ['health check', { ...minimal, lifecycle: { health_check: { interval_sec: 60, every: 1 } } }],
  ['secret', { ...minimal, secrets: [{ name: 'k', description: 'x', hidden: true }] }],
])('[M3] an unknown field is refused: %s', (_where, value) => {
  const { error } = Manifest.safeParse(value)
  expect(error?.issues[0]?.code).toBe('unrecognized_keys')
})

test('[M4] a hidden app must be a system app, a health check is at least 30 s apart', () => {
  expect(Manifest.safeParse({ ...minimal, hidden_in_sidebar: true }).success).toBe(false)
  expect(Manifest.safeParse({ ...minimal, hidden_in_sidebar: true, system: true }).success).toBe(true)
  expect(Manifest.safeParse({ ...minimal, lifecycle: { health_check: { interval_sec: 29 } } }).success).toBe(false)
})

test('the JSON Schema names its draft, title and closed root', () => {
  const schema = manifestJsonSchema()
  expect(schema).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Imperal Extension Manifest',
    required: ['app_id', 'version'],
    additionalProperties: false,
  })
  expect(String(schema.$id)).toMatch(/\/schemas\/imperal\.schema\.json$/)
})

test('[5.4] a rebuild keeps what only the author writes and renews what the generator owns', () => {
  const onDisk = {
    ...minimal,
    name: 'Mine',
    license: 'MIT',
    tools: [{ name: 'old' }],
    hidden_in_sidebar: true,
    junk: 1,
  }
  const generated = { ...minimal, version: '2.0.0', name: 'Garden', description: 'New', tools: [] }
  expect(mergeManifest(onDisk, generated)).toEqual({
    app_id: 'garden-log',
    version: '2.0.0',
    name: 'Mine',
    description: 'New',
    tools: [],
    license: 'MIT',
    hidden_in_sidebar: true,
  })
})

test('[2.2.4] a read whose name promises a change counts as a write', () => {
  expect(effectiveActionType('resendInvoice', 'read')).toBe('write')
  expect(effectiveActionType('list_notes', 'read')).toBe('read')
  expect(effectiveActionType('delete_note', 'destructive')).toBe('destructive')
})

import type { JsonObject } from '@imperal/contract'
import { beforeEach, expect, test } from 'vitest'
import { testManifest } from '../../../../../../test/support/apps.ts'
import { manualClock } from '../../../foundation/clock.ts'
import { createLog } from '../../../foundation/log.ts'
import type { RegistryChange, StoredRule } from '../../registry/index.ts'
import type { KernelOptions } from '../ports.ts'
import { createPresence } from './presence.ts'

const ada = { tenantId: 'default', userId: 'imp_u_ada' }
const clock = manualClock()
let ensured: { appId: string; section: string; ttl: number }[]
let changed: (change: RegistryChange) => void
let apps: { app: object; version: object; install: null }[]

const appWith = (appId: string, manifest: JsonObject = {}, settings: JsonObject = {}) => ({
  app: { appId, settings },
  version: { manifest: testManifest(appId, manifest) },
  install: null,
})

function presence() {
  const parts = {
    clock,
    log: createLog({ level: 'silent' }),
    registry: {
      appsOf: async () => apps,
      onChange: (listener: typeof changed) => {
        changed = listener
        return () => {}
      },
    },
    state: {
      skeletonEnsure: async (rows: typeof ensured) => {
        if (rows.some((row) => row.appId === 'odd')) throw new Error('a section name that nobody may have')
        ensured.push(...rows)
      },
    },
  } as unknown as KernelOptions // the four parts that presence uses
  return createPresence(parts, async () => rules)
}

let rules: StoredRule[] = []

beforeEach(() => {
  rules = []
  ensured = []
  apps = [appWith('notes')]
})
const sections = async () => {
  await new Promise(setImmediate)
  return ensured.map(({ appId, section, ttl }) => `${appId}.${section} ${ttl}`)
}

test('[K5.4] each section has its own rhythm: from the code, and over it from the operator', async () => {
  apps = [
    appWith('notes', { config_defaults: { skeleton: { recent: { ttl: 60 } } } }),
    appWith(
      'tasks',
      { config_defaults: { skeleton: { recent: { ttl: 60 } } } },
      {
        skeleton: { sections: [{ section_name: 'recent', ttl: 3600 }] },
      },
    ),
    appWith('mail'),
  ]
  presence().seen(ada)
  expect(await sections()).toEqual(['notes.recent 60', 'tasks.recent 3600', 'mail.recent 300'])
})

test('[K5.6] sections are looked at every ten minutes, and at once when apps change or one arrives', async () => {
  const present = presence()
  present.seen(ada)
  present.seen(ada)
  expect(await sections()).toHaveLength(1)
  changed({ appId: 'notes', userId: 'imp_u_bob' })
  present.seen(ada)
  expect(await sections()).toHaveLength(1)
  changed({ appId: 'notes', userId: ada.userId })
  present.seen(ada)
  expect(await sections()).toHaveLength(2)
  changed({ appId: 'notes' })
  present.seen(ada)
  expect(await sections()).toHaveLength(3)
  present.arrived(ada)
  expect(await sections()).toHaveLength(4)
  clock.advance(600_000)
  present.seen(ada)
  expect(await sections()).toHaveLength(5)
})

test('an app with a section that cannot be kept costs the others nothing', async () => {
  apps = [appWith('odd'), appWith('notes')]
  presence().seen(ada)
  expect(await sections()).toEqual(['notes.recent 300'])
})

test('[api 4.3] [K5.3] a user switches a section off, or has it at another pace', async () => {
  apps = [appWith('notes'), appWith('tasks')]
  const rule = { section_name: 'recent', alert_config: {} }
  rules = [
    { ...rule, app_id: 'notes', enabled: false, ttl: null },
    { ...rule, app_id: 'tasks', enabled: true, ttl: 900 },
  ]
  const here = presence()
  here.seen(ada)
  expect(await sections()).toEqual(['tasks.recent 900'])
  here.close()
})

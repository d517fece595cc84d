import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openTestNode, publishApp, type TestNode, userOf } from '../../../../../test/support/apps.ts'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import type { StreamRecord } from '../outbox/index.ts'

const database = await createTestDatabase()
const ada = userOf('acme', 'ada')
const bob = userOf('acme', 'bob')
const eve = userOf('umbrella', 'eve')
let node: TestNode
let other: TestNode
beforeAll(async () => {
  node = await openTestNode(database)
  other = await openTestNode(database)
  other.outbox.listen((record) => streamed.push(record))
})
afterAll(async () => {
  await node.close()
  await other.close()
})

const streamed: StreamRecord[] = []
const sentTo = (user: { userId: string }, type: string) =>
  streamed.filter((record) => record.userId === user.userId && record.type === type).map((record) => record.payload)

describe('installs', () => {
  test('[REG-3] ten installs at once give one install and one announcement', async () => {
    await publishApp(node, 'ten')
    const receipts = await Promise.all(Array.from({ length: 10 }, () => node.registry.install(ada, 'ten')))
    expect(receipts.filter((receipt) => receipt.created)).toHaveLength(1)
    expect(new Set(receipts.map((receipt) => receipt.install.installedAt)).size).toBe(1)
    const { total, apps } = await node.registry.browse({
      search: 'ten',
      category: '',
      sort: 'name',
      limit: 5,
      offset: 0,
    })
    expect([total, apps[0]?.app.installCount]).toEqual([1, 1])
    const due = await node.db.everyTenant((tx) =>
      tx.selectFrom('registry.due_hook').select('hook').where('app_id', '=', 'ten').execute(),
    )
    expect(due).toEqual([{ hook: 'on_install' }])
  })

  test('ten users at once are all counted', async () => {
    await publishApp(node, 'crowd')
    const users = Array.from({ length: 10 }, (_, index) => userOf(index % 2 ? 'acme' : 'umbrella', `u${index}`))
    await Promise.all(users.map((user) => node.registry.install(user, 'crowd')))
    const { apps } = await node.registry.browse({ search: 'crowd', category: '', sort: 'name', limit: 5, offset: 0 })
    expect(apps[0]?.app.installCount).toBe(10)
    expect((await node.registry.tenantsOf('crowd')).sort()).toEqual(['acme', 'umbrella'])
    const page = await node.registry.usersOf('crowd', { tenantId: 'acme', limit: 3 })
    const rest = await node.registry.usersOf('crowd', { tenantId: 'acme', after: page.at(-1)?.userId ?? '', limit: 3 })
    expect([page.length, rest.length]).toEqual([3, 2])
  })

  test('installing and uninstalling are announced to that user, repeating them is not', async () => {
    await publishApp(node, 'told')
    await node.registry.install(bob, 'told')
    await node.registry.install(bob, 'told')
    await node.registry.uninstall(bob, 'told')
    await node.registry.uninstall(bob, 'told')
    await vi.waitFor(() =>
      expect(sentTo(bob, 'extensions_changed')).toEqual([
        { app_id: 'told', change: 'installed' },
        { app_id: 'told', change: 'uninstalled' },
      ]),
    )
    expect(sentTo(bob, 'event').map((payload) => payload.event_type)).toEqual([
      'marketplace.app_installed',
      'extension.installed',
      'marketplace.app_uninstalled',
      'extension.uninstalled',
    ])
    expect(sentTo(bob, 'panel_refresh')).toHaveLength(2)
  })

  test('unknown, suspended and foreign draft apps cannot be installed; a system app cannot be uninstalled', async () => {
    await publishApp(node, 'paused', { status: 'suspended' })
    await publishApp(node, 'sketch', { status: 'draft', owner: ada })
    await publishApp(node, 'core', { system: true })
    for (const appId of ['nowhere', 'paused', 'sketch']) {
      await expect(node.registry.install(bob, appId)).rejects.toMatchObject({
        code: 'REGISTRY_APP_NOT_ACTIVE',
        message: 'App not found or not active',
      })
    }
    expect(await node.registry.uninstall(bob, 'sketch')).toEqual(await node.registry.uninstall(bob, 'no-such-app'))
    await expect(node.registry.uninstall(bob, 'core')).rejects.toMatchObject({ code: 'REGISTRY_SYSTEM_APP' })
  })

  test('a system app is there for everyone and can be switched off by each', async () => {
    await publishApp(node, 'base', { system: true })
    expect((await node.registry.appsOf(eve)).map(({ app }) => app.appId)).toContain('base')
    await node.registry.setDisabled(eve, 'base', true)
    await node.registry.setDisabled(eve, 'base', true)
    expect((await node.registry.resolve(eve, 'base'))?.install?.isDisabled).toBe(true)
    expect((await node.registry.resolve(bob, 'base'))?.install).toBeNull()
    await node.registry.setDisabled(eve, 'base', false)
    expect((await node.registry.resolve(eve, 'base'))?.install?.isDisabled).toBe(false)
  })
})

describe('visibility', () => {
  test('a draft resolves for the user who has it installed and for nobody else', async () => {
    await publishApp(node, 'private', { status: 'draft', owner: ada })
    await node.registry.install(ada, 'private')
    expect((await node.registry.resolve(ada, 'private'))?.version.version).toBe('1.0.0')
    expect(await node.registry.resolve(bob, 'private')).toBeNull()
    expect(await node.registry.resolve({ ...ada, tenantId: 'umbrella' }, 'private')).toBeNull()
    expect((await node.registry.appsOf(bob)).map(({ app }) => app.appId)).not.toContain('private')
  })

  test('an install of one tenant is invisible in another, whatever the user id', async () => {
    await publishApp(node, 'walled')
    await node.registry.install(ada, 'walled')
    expect((await node.registry.resolve({ ...ada, tenantId: 'umbrella' }, 'walled'))?.install).toBeNull()
    const rows = await node.db.tenant('umbrella', (tx) =>
      tx.selectFrom('registry.install').select('user_id').where('app_id', '=', 'walled').execute(),
    )
    expect(rows).toEqual([])
  })

  test('browse finds by name, beginning of a word, tag and stem; system, draft and suspended apps stay out', async () => {
    const words = { description: 'Write recipes down and cook them again.', tags: ['kitchen'], category: 'lifestyle' }
    await publishApp(node, 'cookbook', { manifest: words })
    await publishApp(node, 'cookhidden', { manifest: words, status: 'draft', owner: ada })
    await publishApp(node, 'cooksystem', { manifest: words, system: true })
    const found = async (search: string, category = '') => {
      const page = await node.registry.browse({ search, category, sort: 'actions', limit: 10, offset: 0 })
      return page.apps.map(({ app }) => app.appId)
    }
    for (const search of ['cookbook', 'cookb', 'KITCHEN', 'recipe', 'cooking'])
      expect(await found(search)).toEqual(['cookbook'])
    expect(await found('!!!')).toEqual([])
    expect(await found("x' or 1=1 --")).toEqual([])
    expect(await found('', 'lifestyle')).toEqual(['cookbook'])
    expect(await node.registry.categoryCounts()).toMatchObject({ lifestyle: 1 })
  })
})

describe('two nodes on one database', () => {
  test('a hot deploy, an install and a suspension reach the other node’s memory', async () => {
    await publishApp(node, 'shared', { bundle: 'one' })
    expect((await other.registry.resolve(eve, 'shared'))?.install).toBeNull()
    const before = (await other.registry.liveVersion('shared'))?.artefactHash
    await publishApp(node, 'shared', { bundle: 'two' })
    await vi.waitFor(async () => {
      const hash = (await other.registry.liveVersion('shared'))?.artefactHash ?? ''
      expect(hash).not.toBe(before)
      expect((await other.registry.artefact(hash))?.bundle).toBe('two')
    })
    await node.registry.install(eve, 'shared')
    await vi.waitFor(async () => expect((await other.registry.resolve(eve, 'shared'))?.install?.isDisabled).toBe(false))
    await node.db.everyTenant((tx) => node.registry.updateApp(tx, 'shared', { status: 'suspended' }))
    await vi.waitFor(async () => expect((await other.registry.app('shared'))?.status).toBe('suspended'))
    await node.db.everyTenant((tx) => node.registry.deleteApp(tx, 'shared'))
    await vi.waitFor(async () => expect(await other.registry.resolve(eve, 'shared')).toBeNull())
  })

  test('a warm resolve asks the database nothing', async () => {
    await publishApp(node, 'warm')
    await node.registry.install(ada, 'warm')
    const tenant = vi.spyOn(node.db, 'tenant')
    const everyTenant = vi.spyOn(node.db, 'everyTenant')
    // The notice of the install itself may still arrive and cool the memory once.
    await vi.waitFor(async () => {
      const before = tenant.mock.calls.length + everyTenant.mock.calls.length
      expect((await node.registry.resolve(ada, 'warm'))?.app.appId).toBe('warm')
      expect(tenant.mock.calls.length + everyTenant.mock.calls.length).toBe(before)
    })
    tenant.mockRestore()
    everyTenant.mockRestore()
  })
})

describe('lifecycle hooks', () => {
  test('[K7.15] come one at a time per user, are retried, and after four failures ask for attention', async () => {
    await publishApp(node, 'hooked')
    const zoe = userOf('acme', 'zoe')
    await node.registry.install(zoe, 'hooked')
    await node.registry.setDisabled(zoe, 'hooked', true)
    const mine = async () => (await node.registry.hooks.claim(500)).filter((hook) => hook.userId === zoe.userId)
    for (const wait of [5_000, 30_000, 120_000, 0]) {
      const [hook, ...more] = await mine()
      if (!hook) throw new Error('a hook was due')
      expect([hook.hook, more]).toEqual(['on_install', []])
      expect(await mine()).toEqual([])
      expect(await node.registry.hooks.failed(hook, 'thrown')).toBe(wait === 0 ? 'gave_up' : 'retry')
      node.clock.advance(wait)
    }
    const user = async () => (await node.registry.resolve(zoe, 'hooked'))?.install
    await vi.waitFor(async () => expect((await user())?.needsAttention).toBe(true))
    expect((await user())?.installedVersion).toBe('')
    expect((await mine()).map((hook) => hook.hook)).toEqual(['on_disable'])
  })

  test('a deploy during an upgrade moves its target; the user ends on the newest version', async () => {
    await publishApp(node, 'moving')
    const uma = userOf('acme', 'uma')
    await node.registry.install(uma, 'moving')
    const claim = async () => (await node.registry.hooks.claim(500)).find((hook) => hook.userId === uma.userId)
    const finish = async () => {
      const hook = await claim()
      if (hook) await node.registry.hooks.done(hook)
      return hook
    }
    expect((await finish())?.hook).toBe('on_install')
    await publishApp(node, 'moving', { manifest: { version: '1.1.0' } })
    const first = await claim()
    expect(first).toMatchObject({ hook: 'on_upgrade', fromVersion: '1.0.0', toVersion: '1.1.0' })
    await publishApp(node, 'moving', { manifest: { version: '1.2.0' } })
    if (first) await node.registry.hooks.done(first)
    expect(await finish()).toMatchObject({ fromVersion: '1.1.0', toVersion: '1.2.0' })
    await vi.waitFor(async () =>
      expect((await node.registry.resolve(uma, 'moving'))?.install?.installedVersion).toBe('1.2.0'),
    )
    expect(await claim()).toBeUndefined()
  })
})

import { MENU_SECTIONS, OAUTH_PROVIDERS, PANEL_SLOTS, SECRET_MAX_BYTES, TRAY_ZONES } from '@imperal/contract/manifest'
import { CONTEXT_MENU_SLOTS, SETTING_TYPES } from '@imperal/contract/ui-contributions'
import { describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import * as checks from '../src/extension/checks.ts'
import * as contributions from '../src/extension/ui-contributions.ts'
import {
  ActionResult,
  ChatExtension,
  DeclarationError,
  Extension,
  generateManifest,
  type PanelSlot,
  SecretDeclarationConflict,
} from '../src/index.ts'
import { mockContext } from '../src/testing/index.ts'

const app = () => new Extension('my-app')
const none = () => null
const done = () => ActionResult.success()
/** What JavaScript authors can pass although the types forbid it. */
const wrong = <T>(value: unknown) => value as T

describe('the constructor', () => {
  test('[S000-001] [1.1] the app id is positional, the rest is one options object with defaults', () => {
    const { appId, version, actionsExplicit, system, capabilities, configDefaults } = app()
    expect({ appId, version, actionsExplicit, system, capabilities, configDefaults }).toEqual({
      appId: 'my-app',
      version: '0.1.0',
      actionsExplicit: true,
      system: false,
      capabilities: [],
      configDefaults: {},
    })
    const options = {
      version: '2.1.0',
      displayName: 'My App',
      description: 'Does what its name says, and says what it does.',
      icon: 'icon.svg',
      actionsExplicit: true,
      capabilities: ['my-app:read'],
    } as const
    const mine = new Extension('my-app', options)
    expect(generateManifest(mine)).toMatchObject({
      app_id: 'my-app',
      version: '2.1.0',
      name: options.displayName,
      description: options.description,
      icon: options.icon,
      actions_explicit: true,
      capabilities: options.capabilities,
    })
  })

  test('[S000-002] weak texts and odd ids pass; only validators complain', () => {
    expect(() => new Extension('Not An Id', { description: 'x', version: 'one' })).not.toThrow()
  })

  test('[S000-073] [S000-075] [1.2] every extension has the secrets panel, and no tool counts for it', () => {
    const { panels, tools } = app()
    expect(panels.get('secrets')).toMatchObject({
      slot: 'right',
      title: 'Secrets',
      icon: 'KeyRound',
      refresh: 'manual',
    })
    expect([...tools.keys()]).toEqual(['__panel__secrets'])
  })

  test('[2.17] contributions of configDefaults.ui with an unknown slot or type are refused', () => {
    const ui = (part: object) => () => new Extension('my-app', { configDefaults: { ui: wrong(part) } })
    const [menu, setting] = [
      { slot: 'chat.message', label: 'x', handler: 'f' },
      { id: 'a', type: 'select', label: 'x' },
    ]
    expect(ui({ context_menus: [menu] })).not.toThrow()
    expect(ui({ context_menus: [{ ...menu, slot: 'nowhere' }] })).toThrow(DeclarationError)
    expect(ui({ settings: [{ ...setting, type: 'date' }] })).toThrow(/not one of string, number/)
  })

  test('[2.17] [UI5.11] widgets travel in config_defaults.ui with their slot, label and icon', () => {
    const extension = new Extension('my-app', {
      configDefaults: { unit: 'kg', ui: { theme: { accent_color: '#2453c4' } } },
    })
    extension.widget('open', { label: 'Open', icon: 'Mail' }, none)
    extension.widget('bar', { slot: 'email.toolbar' }, none)
    expect(() => extension.widget('open', {}, none)).toThrow(/Widget 'open' is registered twice/)
    expect(generateManifest(extension).config_defaults).toEqual({
      unit: 'kg',
      ui: {
        theme: { accent_color: '#2453c4' },
        widgets: [
          { id: 'open', slot: 'dashboard.stats', label: 'Open', icon: 'Mail' },
          { id: 'bar', slot: 'email.toolbar', label: '', icon: '' },
        ],
      },
    })
  })
})

describe('misuse (2.18)', () => {
  test.each(['', 'a*b', 'a?b', 'a[b', 'a]b', 'a:b', 'a/b'])('[2.6.2] skeleton section "%s" is refused', (section) => {
    expect(() => app().skeleton(section, {}, () => ({ response: {} }))).toThrow(DeclarationError)
    expect(() => app().skeletonAlert(section, none)).toThrow(DeclarationError)
  })

  test('reserved slots pass, others throw with the list', () => {
    for (const slot of PANEL_SLOTS) expect(() => app().panel('a', { slot }, none)).not.toThrow()
    expect(() => app().panel('a', { slot: wrong<PanelSlot>('top') }, none)).toThrow(/center, left, right, overlay/)
  })

  test("[S000-038] slot 'main' says to use center", () => {
    expect(() => app().panel('a', { slot: wrong<PanelSlot>('main') }, none)).toThrow(/use 'center'/)
  })

  test('an unknown tray zone and a platform menu section are refused', () => {
    expect(() => app().tray('a', { zone: wrong('left') }, none)).toThrow(DeclarationError)
    for (const section of ['account', 'footer']) {
      expect(() => app().menuItem('a', { path: '/x', section: wrong(section) })).toThrow(DeclarationError)
    }
    expect(() => app().oauth(wrong('github'))).toThrow(DeclarationError)
  })

  test('[S000-056] [2.12] an emitted type needs a dot and the own namespace', () => {
    expect(app().emits('my-app.item.created')).toEqual({ type: 'my-app.item.created' })
    expect(() => app().emits(wrong('itemcreated'))).toThrow(/needs a dot/)
    expect(() => app().emits(wrong('other.created'))).toThrow(DeclarationError)
    expect(() => app().emits(wrong('my-apps.created'))).toThrow(DeclarationError)
  })

  test('[S000-058] [2.14] a cache model must be a Zod schema', () => {
    for (const value of [{}, class {}, 'string', null, undefined]) {
      expect(() => app().cacheModel('m', wrong<z.ZodType>(value))).toThrow(TypeError)
    }
  })

  type Registers = (ext: Extension<'my-app'>, handler: () => never) => unknown
  const description = 'Does something useful.'
  test.each<[string, Registers]>([
    ["Tool 'a'", (ext, handler) => ext.tool('a', { description }, handler)],
    ["Signal 'a'", (ext, handler) => ext.signal('a', handler)],
    ["Schedule 'a'", (ext, handler) => ext.schedule('a', { cron: '@daily' }, handler)],
    ["Skeleton 'a'", (ext, handler) => ext.skeleton('a', {}, handler)],
    ["Skeleton alert 'a'", (ext, handler) => ext.skeletonAlert('a', handler)],
    ["Panel 'a'", (ext, handler) => ext.panel('a', {}, handler)],
    ["Widget 'a'", (ext, handler) => ext.widget('a', {}, handler)],
    ["Tray item 'a'", (ext, handler) => ext.tray('a', {}, handler)],
    ["Webhook 'a'", (ext, handler) => ext.webhook('/a', {}, handler)],
    ["Event handler of 'mail.received'", (ext, handler) => ext.onEvent('mail.received', handler)],
    ["Exposed method 'a'", (ext, handler) => ext.expose('a', { params: z.object({}) }, handler)],
    ["Hook 'on_install'", (ext, handler) => ext.onInstall(handler)],
    ["Hook 'on_uninstall'", (ext, handler) => ext.onUninstall(handler)],
    ["Hook 'on_enable'", (ext, handler) => ext.onEnable(handler)],
    ["Hook 'on_disable'", (ext, handler) => ext.onDisable(handler)],
    ["Hook 'on_upgrade:2.0.0'", (ext, handler) => ext.onUpgrade('2.0.0', handler)],
    ['The health check', (ext, handler) => ext.healthCheck(handler)],
    [
      "Function 'a'",
      (ext, handler) => new ChatExtension(ext).function('a', { description, params: z.object({}) }, handler),
    ],
  ])('%s without a handler says so', (what, register) => {
    for (const handler of [undefined, null, {}, 'run']) {
      const registers = () => register(app(), wrong(handler))
      expect(registers).toThrow(DeclarationError)
      expect(registers).toThrow(`${what} has no handler: its last argument is a function`)
    }
    expect(() => register(app(), wrong(none))).not.toThrow()
  })

  test('a menu item takes a path or a handler; onEvent takes a type', () => {
    expect(() => app().menuItem('a', wrong({}))).toThrow(/either a path or a handler/)
    expect(() => app().menuItem('a', wrong({ path: '/a', handler: none }))).toThrow(DeclarationError)
    for (const event of ['', undefined, null, {}])
      expect(() => app().onEvent(wrong<string>(event), none)).toThrow(DeclarationError)
  })

  test('[11.1.4] params must be an object schema, returns must describe an object', () => {
    const chat = new ChatExtension(app())
    const description = 'Does something useful.'
    expect(() => chat.function('a', { description, params: wrong<z.ZodObject>(z.string()) }, done)).toThrow(
      DeclarationError,
    )
    expect(() => chat.function('a', { description, params: wrong<z.ZodObject>(undefined) }, done)).toThrow(
      DeclarationError,
    )
    const returns = z.array(z.string())
    expect(() => chat.function('a', { description, params: z.object({}), returns }, wrong(done))).toThrow(/returns/)
    const union = z.union([z.object({ a: z.string() }), z.object({ b: z.string() })])
    expect(() => chat.function('a', { description, params: z.object({}), returns: union }, wrong(done))).not.toThrow()
  })
})

describe('[2.15] secrets', () => {
  const description = 'A key.'
  test.each([
    ['an upper-case name', { name: 'Key', description }],
    ['a name that starts with a digit', { name: '1key', description }],
    ['a name of 64 characters', { name: 'k'.repeat(64), description }],
    ['a blank description', { name: 'key', description: '  ' }],
    ['an unknown write mode', { name: 'key', description, writeMode: wrong<'user'>('anyone') }],
    ['no bytes', { name: 'key', description, maxBytes: 0 }],
    ['65,537 bytes', { name: 'key', description, maxBytes: 65_537 }],
    ['a rotation of no days', { name: 'key', description, rotationHintDays: 0 }],
    ['a fallback of a user secret', { name: 'key', description, envFallback: 'IMPERAL_APPSECRET_K' }],
    ['a fallback of another name', { name: 'key', description, scope: 'app' as const, envFallback: 'K' }],
  ])('%s is refused', (_what, options) => {
    expect(() => app().secret(options)).toThrow(DeclarationError)
  })

  test('[S000-067] [S000-068] a declared secret gives a handle and keeps its options', () => {
    const ext = app()
    for (const writeMode of ['user', 'extension', 'both'] as const)
      ext.secret({ name: writeMode, description, writeMode })
    expect(ext.secret({ name: 'key', description })).toEqual({ secretName: 'key' })
    expect(ext.secrets.get('key')).toMatchObject({ required: false, writeMode: 'user', maxBytes: 4096, scope: 'user' })
    const options = { required: true, writeMode: 'both', maxBytes: 512, rotationHintDays: 90 } as const
    ext.secret({ name: 'whole', description, ...options })
    expect(ext.secrets.get('whole')).toMatchObject({ description, ...options })
    const { secrets } = generateManifest(ext) as unknown as { secrets: { name: string }[] }
    expect(secrets.find(({ name }) => name === 'whole')).toMatchObject({
      ...{ description, required: true, write_mode: 'both', max_bytes: 512, rotation_hint_days: 90 },
    })
    const wrong = (more: object) => () => ext.secret({ name: 'wrong', description, ...more } as never)
    for (const more of [{ writeMode: 'nobody' }, { rotationHintDays: 0 }, { maxBytes: 0 }])
      expect(wrong(more)).toThrow()
  })

  test('a second declaration is a conflict', () => {
    const ext = app()
    ext.secret({ name: 'key', description })
    expect(() => ext.secret({ name: 'key', description })).toThrow(SecretDeclarationConflict)
  })

  test('[1.3] reading the declarations gives a copy', () => {
    const ext = app()
    ;(ext.secrets as Map<string, unknown>).set('smuggled', {})
    expect(ext.secrets.size).toBe(0)
  })
})

describe('[D30] duplicates', () => {
  const params = z.object({})
  const description = 'Does something useful.'
  test.each<[string, (ext: Extension<'my-app'>) => void]>([
    ['tool', (ext) => ext.tool('a', { description }, none)],
    ['signal', (ext) => ext.signal('a', none)],
    ['schedule', (ext) => ext.schedule('a', { cron: '@daily' }, none)],
    ['skeleton', (ext) => ext.skeleton('a', {}, () => ({ response: {} }))],
    ['skeleton alert', (ext) => ext.skeletonAlert('a', none)],
    ['panel', (ext) => ext.panel('a', {}, none)],
    ['widget', (ext) => ext.widget('a', {}, none)],
    ['tray', (ext) => ext.tray('a', {}, none)],
    ['menu item', (ext) => ext.menuItem('a', { path: '/a' })],
    ['webhook', (ext) => ext.webhook('/a/', {}, none as never)],
    ['emits', (ext) => ext.emits('my-app.a')],
    ['expose', (ext) => ext.expose('a', { params }, none)],
    ['cache model', (ext) => ext.cacheModel('a', params)],
    ['oauth', (ext) => ext.oauth('google')],
    ['file sink', (ext) => ext.fileSink('a', { accepts: ['doc'], arg: 'x' })],
    ['chat extension', (ext) => new ChatExtension(ext, { toolName: 'a' })],
  ])('[S000-059] a second %s throws', (_what, register) => {
    const ext = app()
    register(ext)
    expect(() => register(ext)).toThrow(DeclarationError)
  })

  test('[I-MIGRATION-SHARELOCK-SKELETON-SINGLE-OWNER] a section has one owner, however it was declared', () => {
    const ext = app()
    ext.skeleton('a', {}, () => ({ response: {} }))
    expect(() => ext.skeleton('a', { ttl: 60 }, () => ({ response: {} }))).toThrow(DeclarationError)
    expect(() => ext.tool('skeleton_refresh_a', { description }, none)).toThrow(DeclarationError)
    expect([...ext.tools.keys()].filter((name) => name === 'skeleton_refresh_a')).toHaveLength(1)
  })

  test('function names are unique across chat extensions and plain tools', () => {
    const ext = app()
    const [one, two] = [new ChatExtension(ext, { toolName: 'one' }), new ChatExtension(ext, { toolName: 'two' })]
    one.function('a', { description, params }, done)
    expect(() => two.function('a', { description, params }, done)).toThrow(DeclarationError)
    expect(() => ext.tool('a', { description }, none)).toThrow(DeclarationError)
    ext.tool('b', { description }, none)
    expect(() => two.function('b', { description, params }, done)).toThrow(DeclarationError)
  })

  test('hooks and the health check overwrite; the built-in secrets panel gives way once', () => {
    const ext = app()
    ext.onInstall(() => {})
    ext.onInstall(() => {})
    ext.onUpgrade('2.0.0', () => {})
    ext.onUpgrade('2.0.0', () => {})
    ext.healthCheck(() => ({ healthy: true }))
    ext.healthCheck(() => ({ healthy: false }))
    ext.panel('secrets', { slot: 'left', title: 'Mine' }, none)
    expect(ext.panels.get('secrets')).toMatchObject({ slot: 'left', title: 'Mine' })
    expect(() => ext.panel('secrets', {}, none)).toThrow(DeclarationError)
  })
})

describe('[2.1] chat extensions', () => {
  test('[S000-006] functions are grouped by tool name; the default name says the app', () => {
    const ext = app()
    const chat = new ChatExtension(ext)
    expect(chat.toolName).toBe('tool_my-app_chat')
    expect(chat.maxRounds).toBe(10)
    expect(ext.chatExtensions.get(chat.toolName)).toBe(chat)
    const named = new ChatExtension(ext, { toolName: 'my-app', description: 'My App assistant' })
    const options = { description: 'Says hello to the person who asks.', params: z.object({}) }
    chat.function('first', options, done)
    named.function('second', options, done)
    expect([...ext.chatExtensions.keys()]).toEqual(['tool_my-app_chat', 'my-app'])
    expect(ext.chatExtensions.get('my-app')).toMatchObject({ description: 'My App assistant' })
    expect(generateManifest(ext).tools).toMatchObject([
      { name: 'first', owner_chat_tool: 'tool_my-app_chat' },
      { name: 'second', owner_chat_tool: 'my-app' },
    ])
  })

  test('[S000-026] a panel is registered with its place, its words, when it refreshes and how wide it is', () => {
    const ext = app()
    const options = { slot: 'left', title: 'Inbox', icon: 'Mail', refresh: 'interval:30s' } as const
    ext.panel('sidebar', { ...options, defaultWidth: 280, minWidth: 200, maxWidth: 500 }, none)
    expect(ext.panels.get('sidebar')).toMatchObject({ ...options, defaultWidth: 280, minWidth: 200, maxWidth: 500 })
    const widths = { default_width: 280, min_width: 200, max_width: 500 }
    const own = expect.objectContaining({ panel_id: 'sidebar', ...options, ...widths })
    expect(generateManifest(ext).panels).toEqual([expect.objectContaining({ panel_id: 'secrets' }), own])
  })

  test('[D31] no umbrella tool is registered', () => {
    const ext = app()
    new ChatExtension(ext, { toolName: 'my_app' })
    expect([...ext.tools.keys()]).toEqual(['__panel__secrets'])
  })

  test('a system prompt that claims an identity is warned about', () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue()
    new ChatExtension(app(), { systemPrompt: 'Always answer in German.' })
    expect(warn).not.toHaveBeenCalled()
    new ChatExtension(app(), { systemPrompt: 'You are a pirate.' })
    expect(warn).toHaveBeenCalledOnce()
    warn.mockRestore()
  })

  test('[S003-009] [D8] chain_callable is true unless told, for every action type', () => {
    const ext = app()
    const chat = new ChatExtension(ext)
    const params = z.object({})
    const description = 'Does something useful.'
    chat.function('look', { description, params }, done)
    chat.function('make', { description, params, actionType: 'write', effects: ['email.send'] }, done)
    chat.function('drop', { description, params, actionType: 'destructive', effects: ['delete:x'] }, done)
    chat.function('hidden', { description, params, chainCallable: false }, done)
    const flags = [...ext.functions.values()].map(({ name, chainCallable }) => [name, chainCallable])
    expect(flags).toEqual([
      ['look', true],
      ['make', true],
      ['drop', true],
      ['hidden', false],
    ])
  })
})

describe('dispatch helpers (1.3)', () => {
  test('a registered tool runs, an unknown one is named', async () => {
    const ext = app()
    ext.tool(
      'double',
      { description: 'Doubles a number.', params: z.object({ n: z.number() }) },
      (_ctx, { n }) => n * 2,
    )
    const ctx = mockContext({ kind: 'tool' })
    expect(await ext.callTool('double', ctx, { n: 4 })).toBe(8)
    await expect(ext.callTool('nothing', ctx)).rejects.toThrow('Unknown tool: nothing')
    await expect(ext.callSignal('nothing', ctx)).rejects.toThrow('Unknown signal: nothing')
  })
})

test('the lists of the checks are those of the manifest schema', () => {
  expect(checks.PANEL_SLOTS).toEqual(PANEL_SLOTS)
  expect(contributions.CONTEXT_MENU_SLOTS).toEqual(CONTEXT_MENU_SLOTS)
  expect(contributions.SETTING_TYPES).toEqual(SETTING_TYPES)
  expect(checks.TRAY_ZONES).toEqual(TRAY_ZONES)
  expect(checks.MENU_SECTIONS).toEqual(MENU_SECTIONS)
  expect(checks.OAUTH_PROVIDERS).toEqual(OAUTH_PROVIDERS)
  expect(checks.SECRET_MAX_BYTES).toBe(SECRET_MAX_BYTES)
})

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Manifest as ManifestSchema } from '@imperal/contract'
import { afterEach, beforeEach, expect, test } from 'vitest'
import * as z from 'zod'
import {
  ActionResult,
  ChatExtension,
  callableFunctions,
  Extension,
  generateManifest,
  getManifestSchema,
  saveManifest,
} from '../src/index.ts'
import { ext } from './garden-log.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sdk-manifest-'))
})
afterEach(() => rm(folder, { recursive: true }))

const plant = {
  type: 'object',
  properties: { plant_id: { type: 'string' }, species: { type: 'string' }, bed: { type: 'string' } },
  required: ['plant_id', 'species', 'bed'],
  additionalProperties: false,
}

const FUNCTION = {
  scopes: [],
  owner_chat_tool: 'garden_log',
  chain_callable: true,
  id_projection: '',
  background: false,
  long_running: false,
}

test('[5.6] [S000-170] [S000-171] [I-SDK-DECORATOR-DATA-MODEL-KWARG] the garden log becomes the manifest of the worked example', async () => {
  await writeFile(join(folder, 'icon.svg'), 'x'.repeat(412))
  const { panels, ...manifest } = generateManifest(ext, { root: folder })
  expect(manifest).toEqual({
    manifest_schema_version: 3,
    sdk_version: '4.3.0',
    app_id: 'garden-log',
    version: '1.2.0',
    name: 'Garden Log',
    description: 'Keeps a diary of beds and plants, reminds you to water, and reads soil sensors.',
    icon: 'icon.svg',
    actions_explicit: true,
    system: false,
    capabilities: ['garden-log:read', 'garden-log:write'],
    tools: [
      { name: 'skeleton_refresh_beds', description: 'Skeleton refresh: beds', scopes: [], parameters: {} },
      { name: 'skeleton_alert_beds', description: 'Tells the user when a bed runs dry.', scopes: [], parameters: {} },
      {
        name: 'recount',
        description: 'Recount the plants of every bed.',
        scopes: ['garden-log:write'],
        parameters: { bed: { type: 'string', required: true }, deep: { type: 'boolean', required: false } },
      },
      {
        ...FUNCTION,
        name: 'add_plant',
        description: "Add one plant to a bed of the user's garden.",
        action_type: 'write',
        effects: ['create:plant'],
        params_schema: {
          type: 'object',
          properties: {
            species: { type: 'string', minLength: 1, description: 'Botanical or common name.' },
            bed: { default: 'main', description: 'Bed the plant goes into.', type: 'string' },
          },
          required: ['species'],
        },
        return_schema: plant,
        event: 'garden-log.plant_added',
      },
      {
        ...FUNCTION,
        name: 'list_plants',
        description: 'List the plants of the garden, newest first.',
        action_type: 'read',
        effects: [],
        params_schema: {
          type: 'object',
          properties: {
            bed: { description: 'Only plants in this bed.', type: 'string' },
            limit: { default: 20, type: 'integer', minimum: 1, maximum: 100 },
          },
        },
        return_schema: {
          type: 'object',
          properties: { plants: { type: 'array', items: plant }, total: { type: 'integer' } },
          required: ['plants', 'total'],
          additionalProperties: false,
        },
        event: '',
      },
      {
        ...FUNCTION,
        name: 'remove_plants_from_bed',
        description: 'Remove one plant from its bed for good.',
        action_type: 'destructive',
        effects: ['delete:plant'],
        id_projection: 'plant_id',
        params_schema: {
          type: 'object',
          properties: { plant_id: { type: 'string', description: 'Id from list_plants.' } },
          required: ['plant_id'],
        },
        return_schema: {
          type: 'object',
          properties: { plant_id: { type: 'string' }, removed: { type: 'boolean' } },
          required: ['plant_id', 'removed'],
          additionalProperties: false,
        },
        event: 'garden-log.plant_removed',
      },
      {
        ...FUNCTION,
        name: 'import_diary',
        description: 'Import a diary kept elsewhere from a CSV file.',
        action_type: 'write',
        effects: ['create:plant'],
        params_schema: {
          type: 'object',
          properties: { url: { type: 'string', format: 'uri', description: 'CSV file to read.' } },
          required: ['url'],
        },
        return_schema: {},
        event: 'garden-log.diary_imported',
        background: true,
        long_running: true,
      },
    ],
    signals: [{ name: 'season_changed' }],
    schedules: [{ name: 'morning_round', cron: '0 6 * * *' }],
    required_scopes: ['garden-log:write'],
    icon_size_bytes: 412,
    webhooks: [{ path: '/sensor', method: 'POST', secret_header: 'X-Sensor-Signature' }],
    events: {
      subscribes: [{ type: 'weather.frost_warning', handler: 'onFrostWarning' }],
      emits: [
        { type: 'garden-log.plant_added', schema_ref: '#/tools/add_plant/return_schema' },
        { type: 'garden-log.plant_removed' },
        { type: 'garden-log.diary_imported' },
        { type: 'garden-log.bed_dry' },
      ],
    },
    exposed: [{ name: 'get_plant', action_type: 'read' }],
    lifecycle: { on_install: true, on_uninstall: true, on_upgrade: ['1.2.0'], health_check: { interval_sec: 60 } },
    lifecycle_hooks: {
      on_install: { signature: '(ctx)' },
      on_uninstall: { signature: '(ctx)' },
      'on_upgrade:1.2.0': { signature: '(ctx)' },
    },
    tray: [{ tray_id: 'dry-beds', icon: 'Droplet', tooltip: 'Beds that need water' }],
    config_defaults: { reminder_hour: 7, units: 'metric' },
    secrets: [
      {
        name: 'sensor_key',
        description: 'Key of your soil sensor account.',
        required: true,
        write_mode: 'both',
        max_bytes: 200,
        rotation_hint_days: 180,
      },
    ],
  })
  expect(panels).toEqual([
    {
      panel_id: 'secrets',
      slot: 'right',
      title: 'Secrets',
      icon: 'KeyRound',
      refresh: 'manual',
      center_overlay: false,
      tree: {},
    },
    {
      panel_id: 'beds',
      slot: 'left',
      title: 'Beds',
      icon: '',
      refresh: 'on_event:garden-log.plant_added',
      center_overlay: false,
      tree: {},
    },
  ])
})

test('[5.1] root fields come in the order of the specification', () => {
  const order = Object.keys(generateManifest(ext))
  const schema = getManifestSchema().properties
  const known = Object.keys(schema as object)
  expect(order).toEqual(known.filter((field) => order.includes(field)))
})

test('[I-MANIFEST-EMITTER-SCHEMA-SYMMETRIC] what the generator writes, the schema accepts', () => {
  expect(ManifestSchema.safeParse(generateManifest(ext)).error).toBeUndefined()
  expect(ManifestSchema.safeParse(generateManifest(new Extension('ab'))).error).toBeUndefined()
})

test('[5.5.6] the same source gives the same bytes', async () => {
  const [first, second] = [join(folder, 'a.json'), join(folder, 'b.json')]
  await saveManifest(ext, first)
  await saveManifest(ext, second)
  expect(await readFile(first, 'utf8')).toBe(await readFile(second, 'utf8'))
})

test('[S000-002] [S000-172] [S000-174] an extension without anything has the lists and no empty sections', () => {
  expect(generateManifest(new Extension('ab'))).toEqual({
    manifest_schema_version: 3,
    sdk_version: '4.3.0',
    app_id: 'ab',
    version: '0.1.0',
    name: 'ab',
    description: '',
    icon: '',
    actions_explicit: true,
    system: false,
    capabilities: [],
    tools: [],
    signals: [],
    schedules: [],
    required_scopes: [],
    panels: [expect.objectContaining({ panel_id: 'secrets' })],
  })
})

test('[5.4] saving into a folder keeps the marketplace fields, saving to a file does not', async () => {
  const onDisk = { name: 'My Garden', license: 'AGPL-3.0-only', tags: ['garden'], tools: [], unknown: 1 }
  await writeFile(join(folder, 'imperal.json'), JSON.stringify(onDisk))
  const file = await saveManifest(ext, folder)
  const merged = JSON.parse(await readFile(file, 'utf8'))
  expect(file).toBe(join(folder, 'imperal.json'))
  expect(merged).toMatchObject({ name: 'My Garden', license: 'AGPL-3.0-only', tags: ['garden'], version: '1.2.0' })
  expect(merged.tools).toHaveLength(7)
  expect(merged).not.toHaveProperty('unknown')
  const other = await saveManifest(ext, join(folder, 'other.json'))
  expect(JSON.parse(await readFile(other, 'utf8'))).not.toHaveProperty('license')
})

test('[M0] an existing file that is not JSON is named', async () => {
  await writeFile(join(folder, 'imperal.json'), '{oops')
  await expect(saveManifest(ext, folder)).rejects.toThrow(/imperal\.json is not JSON/)
})

test('[5.5.3] a schema that JSON Schema cannot say names its function and path', () => {
  const app = new Extension('clock-app')
  new ChatExtension(app, { toolName: 'clock' }).function(
    'set_alarm',
    {
      description: 'Sets an alarm.',
      params: z.object({ alarm: z.object({ at: z.date() }) }),
    },
    () => ActionResult.success(),
  )
  expect(() => generateManifest(app)).toThrow(/params of function 'set_alarm': alarm\.at cannot be described/)
})

test('[5.5.2] a registered root schema is inlined and a strict one stays closed', () => {
  const app = new Extension('ref-app')
  const chat = new ChatExtension(app, { toolName: 'ref' })
  const options = { description: 'Takes a named schema.' }
  chat.function('named', { ...options, params: z.object({ a: z.string() }).meta({ id: 'NamedParams' }) }, () =>
    ActionResult.success(),
  )
  chat.function('strict', { ...options, params: z.strictObject({ count: z.number().int() }) }, () =>
    ActionResult.success(),
  )
  const [named, strict] = generateManifest(app).tools as { params_schema: object }[]
  expect(named?.params_schema).toMatchObject({ type: 'object', properties: { a: { type: 'string' } } })
  expect(named?.params_schema).not.toHaveProperty('$ref')
  expect(strict?.params_schema).toEqual({
    type: 'object',
    properties: { count: { type: 'integer' } },
    required: ['count'],
    additionalProperties: false,
  })
})

test('[2.22] [I-CALLABLE-SURFACE-SINGLE-SOURCE] the callable list has the names of tools[]', () => {
  const tools = generateManifest(ext).tools as { name: string }[]
  expect(callableFunctions(ext).map(({ name }) => name)).toEqual(tools.map(({ name }) => name))
  const synthetic = callableFunctions(ext, { includeSynthetic: true }).map(({ name }) => name)
  expect(synthetic).toEqual(expect.arrayContaining(['__panel__secrets', '__tray__dry-beds', '__webhook__sensor']))
})

test('later sections appear when something is declared', () => {
  const app = new Extension('sections-app', { migrationsDir: 'migrations' })
  app.oauth('google', { collection: 'mail_accounts', scopes: ['mail'] })
  app.menuItem('open', { path: '/ext/sections-app' })
  app.menuItem('wipe', { label: 'Wipe', section: 'admin', danger: true, handler: () => null })
  app.tray('clock', { zone: 'system', order: 7 }, () => null)
  app.fileSink('read_file', { accepts: ['doc'], arg: 'text' })
  app.secret({ name: 'google_client_id', description: 'Client', scope: 'app', envFallback: 'IMPERAL_APPSECRET_ID' })
  app.panel('wide', { minWidth: 200, ...{ badge: 'new', refresh_seconds: 5 } }, () => null)
  const manifest = generateManifest(app)
  expect(ManifestSchema.safeParse(manifest).error).toBeUndefined()
  expect(manifest).toMatchObject({
    migrations_dir: 'migrations',
    oauth: [{ provider: 'google', collection: 'mail_accounts', scopes: ['mail'], has_hook: false }],
    menu: [
      { item_id: 'open', label: 'open', icon: '', section: 'main', path: '/ext/sections-app', order: 100 },
      { item_id: 'wipe', label: 'Wipe', section: 'admin', path: '', danger: true },
    ],
    tray: [{ tray_id: 'clock', icon: 'Circle', tooltip: '', zone: 'system', order: 7 }],
    file_sinks: [{ tool: 'read_file', accepts: ['doc'], arg: 'text', arg_kind: 'text', description: '' }],
    // The author's own declaration of a client value wins; the other one comes with `ext.oauth`.
    secrets: [
      { name: 'google_client_secret', scope: 'app', required: false },
      { name: 'google_client_id', scope: 'app', env_fallback: 'IMPERAL_APPSECRET_ID' },
    ],
  })
  const [, wide] = manifest.panels as object[]
  expect(wide).toMatchObject({ panel_id: 'wide', slot: 'center', min_width: 200, badge: 'new' })
  expect(wide).not.toHaveProperty('refresh_seconds')
})

test('[K5.1] a skeleton with a rhythm of its own says so in the manifest, and what the author wrote there wins', () => {
  const app = new Extension('rhythms', { configDefaults: { unit: 'kg', skeleton: { slow: { ttl: 3600 } } } })
  for (const [section, ttl] of [
    ['usual', 300],
    ['quick', 60],
    ['slow', 900],
  ] as const)
    app.skeleton(section, { ttl }, () => ({ response: {} }))
  expect(generateManifest(app).config_defaults).toEqual({
    unit: 'kg',
    skeleton: { quick: { ttl: 60 }, slow: { ttl: 3600 } },
  })
})

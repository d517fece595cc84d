import * as z from 'zod'
import { ActionResult, ChatExtension, Extension, HealthStatus, WebhookResponse } from '../src/index.ts'

/** An app that registers one of everything; the manifest test spells out what it becomes. */
export const ext = new Extension('garden-log', {
  version: '1.2.0',
  displayName: 'Garden Log',
  description: 'Keeps a diary of beds and plants, reminds you to water, and reads soil sensors.',
  icon: 'icon.svg',
  capabilities: ['garden-log:read', 'garden-log:write'],
  configDefaults: { reminder_hour: 7, units: 'metric' },
})
const chat = new ChatExtension(ext, { toolName: 'garden_log', description: 'Beds, plants and reminders.' })

const Plant = z.object({ plant_id: z.string(), species: z.string(), bed: z.string() })
const PlantAdded = ext.emits('garden-log.plant_added', {
  schemaRef: '#/tools/add_plant/return_schema',
  schema: Plant,
})
const PlantRemoved = ext.emits('garden-log.plant_removed')
const DiaryImported = ext.emits('garden-log.diary_imported')
const BedDry = ext.emits('garden-log.bed_dry', { schema: z.object({ bed: z.string() }) })
export const BedSummary = ext.cacheModel('bed_summary', z.object({ plants: z.number().int() }))
export const sensorKey = ext.secret({
  name: 'sensor_key',
  description: 'Key of your soil sensor account.',
  required: true,
  writeMode: 'both',
  maxBytes: 200,
  rotationHintDays: 180,
})

ext.skeleton('beds', { alert: true }, async (ctx) => ({ response: { plants: await ctx.store.count('plants') } }))
ext.tool('skeleton_alert_beds', { description: 'Tells the user when a bed runs dry.' }, async (ctx) => {
  await ctx.extensions.emit(BedDry, { bed: 'main' })
  return ActionResult.success({}, 'A bed runs dry')
})
ext.tool(
  'recount',
  {
    description: 'Recount the plants of every bed.',
    scopes: ['garden-log:write'],
    params: z.object({ bed: z.string(), deep: z.boolean().default(false) }),
  },
  async (ctx, { bed, deep }) => ({ plants: await ctx.store.count('plants', { bed }), deep }),
)

export const addPlant = chat.function(
  'add_plant',
  {
    description: "Add one plant to a bed of the user's garden.",
    actionType: 'write',
    effects: ['create:plant'],
    event: PlantAdded,
    params: z.object({
      species: z.string().min(1).describe('Botanical or common name.'),
      bed: z.string().default('main').describe('Bed the plant goes into.'),
    }),
    returns: Plant,
  },
  async (ctx, params) => {
    const { id } = await ctx.store.create('plants', params)
    return ActionResult.success({ plant_id: id, ...params }, `Added ${params.species}`, { refreshPanels: ['beds'] })
  },
)

export const listPlants = chat.function(
  'list_plants',
  {
    description: 'List the plants of the garden, newest first.',
    params: z.object({
      bed: z.string().optional().describe('Only plants in this bed.'),
      limit: z.number().int().min(1).max(100).default(20),
    }),
    returns: z.object({ plants: z.array(Plant), total: z.number().int() }),
  },
  async (ctx, { bed, limit }) => {
    const where = bed === undefined ? {} : { bed }
    const page = await ctx.store.query<{ species: string; bed: string }>('plants', {
      where,
      limit,
      orderBy: '-created_at',
    })
    const plants = page.map(({ id, data }) => ({ plant_id: id, ...data }))
    return ActionResult.success({ plants, total: page.total ?? plants.length }, `${plants.length} plants`)
  },
)

chat.function(
  'remove_plants_from_bed',
  {
    description: 'Remove one plant from its bed for good.',
    actionType: 'destructive',
    effects: ['delete:plant'],
    idProjection: 'plant_id',
    event: PlantRemoved,
    params: z.object({ plant_id: z.string().describe('Id from list_plants.') }),
    returns: z.object({ plant_id: z.string(), removed: z.boolean() }),
  },
  async (ctx, { plant_id }) => {
    await ctx.store.get('plants', plant_id)
    return ActionResult.success({ plant_id, removed: await ctx.store.delete('plants', plant_id) }, 'Removed')
  },
)

chat.function(
  'import_diary',
  {
    description: 'Import a diary kept elsewhere from a CSV file.',
    actionType: 'write',
    effects: ['create:plant'],
    event: DiaryImported,
    background: true,
    longRunning: true,
    params: z.object({ url: z.url().describe('CSV file to read.') }),
  },
  async (ctx, { url }) => {
    const answer = (await ctx.http.get(url)).raiseForStatus()
    const species = answer.text.split('\n').filter((line) => line !== '')
    for (const [index, name] of species.entries()) {
      await ctx.progress((100 * index) / species.length, name)
      await ctx.store.create('plants', { species: name, bed: 'main' })
    }
    return ActionResult.success({ imported: species.length }, `Imported ${species.length} plants`)
  },
)

ext.panel('beds', { slot: 'left', title: 'Beds', refresh: 'on_event:garden-log.plant_added' }, async (ctx) => {
  const summary = await ctx.cache.getOrFetch('all', BedSummary, async () => ({
    plants: await ctx.store.count('plants'),
  }))
  return { type: 'Text', props: { content: `${summary.plants} plants` } }
})
ext.tray('dry-beds', { icon: 'Droplet', tooltip: 'Beds that need water' }, () => ({
  type: 'Badge',
  props: { value: 2 },
}))
ext.signal('season_changed', (ctx, payload) => ctx.log(`season ${payload.season}`))
ext.schedule('morning_round', { cron: '0 6 * * *' }, async (ctx) => {
  for await (const userId of ctx.store.listUsers('plants')) await ctx.asUser(userId).notify('Time to water')
})
ext.webhook('/sensor', { secretHeader: 'X-Sensor-Signature' }, (_ctx, request) =>
  request.header('x-sensor-signature') === undefined ? WebhookResponse.error('unsigned', 401) : { received: true },
)
ext.onEvent('weather.frost_warning', async function onFrostWarning(ctx, event) {
  await ctx.notify(`Frost: ${event.data.degrees} degrees`)
})
ext.expose('get_plant', { params: z.object({ plant_id: z.string() }) }, async (ctx, { plant_id }) => {
  return (await ctx.store.get('plants', plant_id)).data
})
ext.onInstall(async (ctx) => {
  await ctx.store.create('beds', { name: 'main' })
})
ext.onUninstall((ctx) => ctx.log(`bye ${ctx.user.imperalId}`))
ext.onUpgrade('1.2.0', (ctx) => ctx.log(`from ${ctx.fromVersion} to ${ctx.toVersion}`))
ext.healthCheck(() => HealthStatus.ok())

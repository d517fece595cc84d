import {
  ActionResult,
  ChatExtension,
  Extension,
  type FunctionContext,
  type JsonObject,
  type SkeletonContext,
  type SystemContext,
  type WebhookContext,
} from '@imperal/sdk'
import * as z from 'zod'

/** Handlers of the app run whatever a test put here last. */
export const work: {
  inFunction: (ctx: FunctionContext) => Promise<void>
  inSkeleton: (ctx: SkeletonContext) => Promise<void>
  section: JsonObject
  inSchedule: (ctx: SystemContext) => Promise<void>
  inWebhook: (ctx: WebhookContext) => Promise<void>
} = {
  inFunction: async () => {},
  inSkeleton: async () => {},
  section: {},
  inSchedule: async () => {},
  inWebhook: async () => {},
}

/** The app whose contexts the contract suite looks at. */
export const garden = new Extension('garden-log', {
  version: '1.0.0',
  displayName: 'Garden Log',
  description: 'Keeps a diary of beds and plants for the contract of the clients.',
  capabilities: ['garden-log:read', 'garden-log:write', 'extensions:read'],
  configDefaults: { greeting: 'Hello', limits: { beds: 3, none: null } },
})
const chat = new ChatExtension(garden, { toolName: 'garden_log', description: 'Beds and plants.' })
chat.function(
  'work',
  { description: 'Does what the test asks for.', params: z.object({}), actionType: 'write', effects: ['create:plant'] },
  async (ctx) => {
    await work.inFunction(ctx)
    return ActionResult.success({}, 'done')
  },
)
garden.skeleton('beds', {}, async (ctx) => {
  await work.inSkeleton(ctx)
  return { response: work.section }
})
export const Beds = garden.cacheModel('beds', z.object({ beds: z.number(), note: z.string().default('') }))
garden.secret({ name: 'sensor_key', description: 'Key of a sensor.', writeMode: 'both', maxBytes: 40 })
garden.secret({ name: 'user_key', description: 'Only the user writes it.' })
garden.schedule('work', { cron: '* * * * *' }, (ctx) => work.inSchedule(ctx))
garden.webhook('/work', {}, (ctx) => work.inWebhook(ctx))
garden.oauth('google', { scopes: ['openid', 'email'] })
export const Watered = garden.emits('garden-log.watered', { schema: z.object({ bed: z.string() }) })

/** Another app, whose exposed methods the first one calls. */
export const WEATHER = {
  forecast: (params: { day?: unknown }) => ({ degrees: Number(params.day) * 10 }),
  broken: () => ActionResult.error('The station does not answer.', { code: 'BACKEND_TIMEOUT' }),
}

/** Its tool, which is found by what it is for. */
export const RAIN = {
  name: 'rain_today',
  description: 'Say how much rain falls on the garden today.',
  run: (params: { garden?: unknown }) => ({ millimetres: params.garden === 'desert' ? 0 : 4 }),
}

/** Apps of which each calls the next one, as long as there is something left. */
export const RELAYS = Array.from({ length: 8 }, (_, index) => `relay-${index + 1}`)
export const nextRelay = (appId: string): string => `relay-${Number(appId.slice('relay-'.length)) + 1}`

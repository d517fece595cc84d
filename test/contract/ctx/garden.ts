import { ActionResult, ChatExtension, Extension, type FunctionContext, type SkeletonContext } from '@imperal/sdk'
import * as z from 'zod'

/** Handlers of the app run whatever a test put here last. */
export const work: {
  inFunction: (ctx: FunctionContext) => Promise<void>
  inSkeleton: (ctx: SkeletonContext) => Promise<void>
} = { inFunction: async () => {}, inSkeleton: async () => {} }

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
  return { response: { beds: 2 } }
})
export const Beds = garden.cacheModel('beds', z.object({ beds: z.number(), note: z.string().default('') }))
garden.secret({ name: 'sensor_key', description: 'Key of a sensor.', writeMode: 'both', maxBytes: 40 })
garden.secret({ name: 'user_key', description: 'Only the user writes it.' })
garden.emits('garden-log.watered')

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

import type { GuestCall } from '@imperal/contract/guest-port'
import type { HandlerKind } from '@imperal/contract/host-protocol'
import { reasonOf } from '../clients/transport.ts'
import type { Runtime } from '../context/runtime.ts'
import { NotFoundError } from '../errors.ts'
import type { ToolDefinition } from '../extension/declarations.ts'
import type { Registry } from '../extension/registry.ts'
import { HealthStatus, toHealthStatus } from '../values/health.ts'
import { isObject, type JsonObject, type JsonValue, toJson } from '../values/json.ts'
import { toWebhookResponse, webhookResponseToWire } from '../values/webhook.ts'
import { runEventHandlers } from './events.ts'
import { detached, runExposed, runFunction } from './functions.ts'
import { alertResult, exposedResult, optionalResult, skeletonSection, toolResult } from './results.ts'

/** One call on its way to the author's handler. */
export interface Invocation {
  readonly extension: Registry
  readonly call: GuestCall
  readonly runtime: Runtime
  readonly ctx: object
}

type Handle = (invocation: Invocation) => Promise<JsonValue>

/** How each kind of handler is found, called and turned into its wire form. @throws NotFoundError for an unknown name */
export const HANDLERS: Readonly<Record<HandlerKind, Handle>> = {
  function: (invocation) => (isTool(invocation) ? runTool(invocation) : runFunction(invocation)),
  tool: (invocation) => (isFunction(invocation) ? runFunction(invocation) : runTool(invocation)),
  background: detached,
  expose: async (invocation) => exposedResult(await runExposed(invocation)),
  panel: synthetic('panel'),
  widget: synthetic('widget'),
  tray: synthetic('tray'),
  menu: synthetic('menu'),
  skeleton: async ({ extension, call, ctx }) => {
    const tool = known(extension.tools, 'skeleton', `skeleton_refresh_${call.name}`)
    return skeletonSection(extension.appId, call.name, await tool.handler(ctx, call.params))
  },
  skeleton_alert: async ({ extension, call, ctx }) =>
    alertResult(
      await known(extension.tools, 'skeleton alert', `skeleton_alert_${call.name}`).handler(ctx, call.params),
    ),
  schedule: async ({ extension, call, ctx }) =>
    optionalResult(await known(extension.schedules, 'schedule', call.name).handler(ctx)),
  signal: async ({ extension, call, ctx }) => {
    const payload = isObject(call.params) ? (call.params as JsonObject) : {}
    return optionalResult(await known(extension.signals, 'signal', call.name).handler(ctx, payload))
  },
  webhook: async ({ extension, call, ctx }) => {
    const bare = call.name.replace(/^\/+|\/+$/g, '')
    const tool = known(extension.tools, 'webhook', `__webhook__${bare}`)
    return webhookResponseToWire(toWebhookResponse(await tool.handler(ctx, call.params)))
  },
  event: runEventHandlers,
  lifecycle: async ({ extension, call, ctx }) =>
    optionalResult(await known(extension.lifecycle, 'lifecycle hook', call.name).handler(ctx)),
  health: runHealthCheck,
}

function synthetic(what: 'panel' | 'widget' | 'tray' | 'menu'): Handle {
  return async ({ extension, call, ctx }) =>
    toJson(await known(extension.tools, what, `__${what}__${call.name}`).handler(ctx, call.params))
}

const isFunction = ({ extension, call }: Invocation): boolean => extension.functions.has(call.name)
const isTool = ({ extension, call }: Invocation): boolean =>
  extension.tools.has(call.name) && !call.name.startsWith('__')

/** Skeleton tools are listed, so they can be called by name too; their section is then the data of a result. */
async function runTool({ extension, call, ctx }: Invocation): Promise<JsonValue> {
  const tool: ToolDefinition = known(extension.tools, 'tool', call.name)
  const value = await tool.handler(ctx, call.params)
  return toolResult(tool.kind === 'skeleton' && isObject(value) && isObject(value.response) ? value.response : value)
}

/** A throw counts as unhealthy; its text goes to the author's log, not to the status that others see. */
async function runHealthCheck({ extension, ctx, runtime }: Invocation): Promise<JsonValue> {
  if (extension.healthCheckHandler === undefined) throw new NotFoundError('health check', extension.appId)
  try {
    return { ...toHealthStatus(await extension.healthCheckHandler(ctx)) } as JsonObject // details came as JSON
  } catch (error) {
    runtime.port.log('error', `health check failed: ${reasonOf(error)}`)
    return { ...HealthStatus.unhealthy('The health check failed') } as JsonObject
  }
}

function known<T>(registered: ReadonlyMap<string, T>, what: string, name: string): T {
  const found = registered.get(name)
  if (found === undefined) throw new NotFoundError(what, name)
  return found
}

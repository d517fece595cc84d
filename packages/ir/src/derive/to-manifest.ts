import type { JsonObject } from '@imperal/contract'
import type { IrDocument, IrFunction, IrPanel } from '../document.ts'
import { isObject } from '../json.ts'
import { listedEvents, paddedVersion } from './complete.ts'
import { hookOf, LIFECYCLE_HOOKS, subscriptionsOf } from './open-slots.ts'
import { fullSchema, idProjectionOf } from './params-schema.ts'

const INLINE_SVG = /^\s*<(?:\?xml|svg|!--)/
export const isInlineSvg = (icon: string): boolean => INLINE_SVG.test(icon)

function tool(fn: IrFunction, owner: string): JsonObject {
  const schema = fullSchema(fn)
  return {
    name: fn.name,
    description: fn.description,
    action_type: fn.action_type,
    chain_callable: true,
    effects: [...(fn.effects ?? [])],
    id_projection: idProjectionOf(schema),
    params_schema: schema,
    return_schema: fn.return_schema ?? {},
    event: fn.event,
    background: false,
    long_running: false,
    scopes: [],
    owner_chat_tool: owner,
  }
}

const LAYOUT = ['default_width', 'min_width', 'max_width', 'center_overlay'] as const

function layoutOf({ render }: IrPanel): JsonObject {
  const layout = render.kind === 'template' && isObject(render.tree.$layout) ? render.tree.$layout : {}
  return Object.fromEntries(
    LAYOUT.flatMap((key) => {
      const value = layout[key]
      const fits = key === 'center_overlay' ? typeof value === 'boolean' : Number.isInteger(value)
      return fits && value !== undefined ? [[key, value]] : []
    }),
  )
}

/** Events of functions that change something: what a panel refreshes on unless it says otherwise (I8.7). */
export function changeEvents({ app }: IrDocument): string[] {
  const events = app.functions.filter((fn) => fn.action_type !== 'read' && fn.event !== '').map((fn) => fn.event)
  return [...new Set(events)]
}

function panel(document: IrDocument, one: IrPanel): JsonObject {
  const declared = one.render.kind === 'template' ? one.render.tree.$refresh : undefined
  const events = changeEvents(document)
  const refresh =
    typeof declared === 'string' ? declared : events.length > 0 ? `on_event:${events.join(',')}` : 'manual'
  return {
    panel_id: one.panel_id,
    slot: one.slot,
    title: one.title,
    ...(one.icon === '' ? {} : { icon: one.icon }),
    refresh,
    ...layoutOf(one),
  }
}

/** A bare word grants everything of its name; scopes of the platform always have a second part. */
const scopeOf = (capability: string): string => (capability.includes(':') ? capability : `${capability}:*`)

/** What the document hears and says, and the hooks of its lifecycle: the kernel serves them as those of code (ir 3.7). */
function connections(document: IrDocument): JsonObject {
  const { functions } = document.app
  const emits = [...new Set([...listedEvents(document), ...functions.flatMap((fn) => fn.event || [])])]
  const subscribes = subscriptionsOf(document)
  const hooks = LIFECYCLE_HOOKS.filter((hook) => hookOf(document, hook) !== null)
  return {
    ...(emits.length + subscribes.length > 0 ? { events: { subscribes, emits: emits.map((type) => ({ type })) } } : {}),
    ...(hooks.length > 0 ? { lifecycle: Object.fromEntries(hooks.map((hook) => [hook, true])) } : {}),
  }
}

/** Manifest v3 of a completed document: what the registry, the panel and outside clients read (I9.5, I11.2). */
export function toManifest(document: IrDocument): JsonObject {
  const { app } = document
  const owner = `tool_${app.id.replaceAll('-', '_')}_chat`
  const sections = app.skeleton.map(({ section }) => ({
    name: `skeleton_refresh_${section}`,
    description: `Skeleton refresh: ${section}`,
    scopes: [],
    parameters: {},
  }))
  const intervals = Object.fromEntries(
    app.skeleton.map(({ section, ttl, alert }) => [section, { ttl, alert_on_change: alert }]),
  )
  return {
    manifest_schema_version: 3,
    app_id: app.id,
    version: paddedVersion(app.version),
    name: app.title || app.id,
    description: app.description,
    actions_explicit: true,
    capabilities: (app.capabilities ?? []).map(scopeOf),
    tools: [...sections, ...app.functions.map((fn) => tool(fn, owner))],
    signals: [],
    schedules: [],
    required_scopes: [],
    ...connections(document),
    ...(app.skeleton.length > 0 ? { config_defaults: { skeleton: intervals } } : {}),
    // Also when there are none: without the list a panel counts as one that only the app knows of.
    panels: app.panels.map((one) => panel(document, one)),
  }
}

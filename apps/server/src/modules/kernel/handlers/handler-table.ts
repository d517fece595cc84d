import {
  effectiveActionType,
  type HandlerKind,
  type JsonObject,
  type Manifest,
  type ManifestTool,
  MENU_TOOL_PREFIX,
  PANEL_TOOL_PREFIX,
  SKELETON_ALERT_PREFIX,
  SKELETON_REFRESH_PREFIX,
  TRAY_TOOL_PREFIX,
  WEBHOOK_TOOL_PREFIX,
  WIDGET_TOOL_PREFIX,
} from '@imperal/contract'
import { type ArtefactFormat, requiredScopesOf } from '../../registry/index.ts'
import type { CallSource } from '../types.ts'
import { type HandlerDefinition, plainHandler } from './handler-definition.ts'

/** Doors of a handler: a webhook is reached by the ingress alone, an exposed method by other extensions alone, and so on. */
type Door = 'people' | 'ipc' | 'schedule' | 'signal' | 'webhook' | 'skeleton' | 'lifecycle' | 'health' | 'event'

const DOOR_OF: Readonly<Record<CallSource, Door>> = {
  chat: 'people',
  panel: 'people',
  api: 'people',
  mcp: 'people',
  automation: 'people',
  tools: 'people',
  ipc: 'ipc',
  schedule: 'schedule',
  signal: 'signal',
  webhook: 'webhook',
  skeleton: 'skeleton',
  lifecycle: 'lifecycle',
  health: 'health',
  event: 'event',
}

/** Everything that can be called in one version of an extension. */
export interface HandlerTable {
  /** Null: this version has no such thing, or not for callers of that kind. */
  find(source: CallSource, functionName: string): HandlerDefinition | null
  /** Functions and tools that people may call, in the manifest's order. */
  readonly functions: readonly HandlerDefinition[]
  readonly sections: readonly { readonly section: string; readonly hasAlert: boolean }[]
}

function parametersSchema(tool: ManifestTool): JsonObject | null {
  const entries = Object.entries(tool.parameters ?? {})
  if (entries.length === 0) return null
  return {
    type: 'object',
    properties: Object.fromEntries(
      entries.map(([name, { required: _required, ...rest }]) => [name, rest as JsonObject]),
    ),
    required: entries.filter(([, parameter]) => parameter.required).map(([name]) => name),
  }
}

function ofTool(appId: string, tool: ManifestTool): HandlerDefinition {
  const common = { description: tool.description }
  if (tool.name.startsWith(SKELETON_REFRESH_PREFIX))
    return plainHandler(tool.name, 'skeleton', { ...common, hostName: tool.name.slice(SKELETON_REFRESH_PREFIX.length) })
  if (tool.name.startsWith(SKELETON_ALERT_PREFIX))
    return plainHandler(tool.name, 'skeleton_alert', {
      ...common,
      hostName: tool.name.slice(SKELETON_ALERT_PREFIX.length),
    })
  const actionType = effectiveActionType(tool.name, tool.action_type ?? 'read')
  const typed = tool.params_schema !== undefined || tool.owner_chat_tool !== undefined || tool.action_type !== undefined
  return plainHandler(tool.name, typed ? 'function' : 'tool', {
    ...common,
    actionType,
    requiredScopes: requiredScopesOf(appId, tool),
    paramsSchema: tool.params_schema ?? parametersSchema(tool),
    returnSchema: tool.return_schema ?? {},
    effects: tool.effects ?? [],
    event: tool.event ?? '',
    idProjection: tool.id_projection ?? '',
    ownerChatTool: tool.owner_chat_tool ?? '',
    chainCallable: tool.chain_callable ?? true,
    background: tool.background ?? false,
    longRunning: tool.long_running ?? false,
    idempotent: tool.idempotent ?? false,
  })
}

function addSurfaces(manifest: Manifest, add: (door: Door, handler: HandlerDefinition) => void): void {
  const reads = { requiredScopes: [`${manifest.app_id}:read`] }
  const surface = (prefix: string, kind: 'panel' | 'tray' | 'menu', id: string) =>
    add('people', plainHandler(prefix + id, kind, { ...reads, hostName: id }))
  for (const panel of manifest.panels ?? []) surface(PANEL_TOOL_PREFIX, 'panel', panel.panel_id)
  for (const tray of manifest.tray ?? []) surface(TRAY_TOOL_PREFIX, 'tray', tray.tray_id)
  for (const item of manifest.menu ?? []) surface(MENU_TOOL_PREFIX, 'menu', item.item_id)
  for (const method of manifest.exposed ?? [])
    add(
      'ipc',
      plainHandler(method.name, 'expose', {
        actionType: method.action_type,
        requiredScopes: [`${manifest.app_id}:${method.action_type}`],
      }),
    )
}

function addSystemHandlers(manifest: Manifest, add: (door: Door, handler: HandlerDefinition) => void): void {
  for (const schedule of manifest.schedules)
    add('schedule', plainHandler(schedule.name, 'schedule', { actionType: 'write' }))
  for (const { name } of manifest.signals) add('signal', plainHandler(name, 'signal', { actionType: 'write' }))
  for (const webhook of manifest.webhooks ?? []) {
    const bare = webhook.path.replace(/^\/+|\/+$/g, '')
    add('webhook', plainHandler(WEBHOOK_TOOL_PREFIX + bare, 'webhook', { actionType: 'write', hostName: bare }))
  }
  const lifecycle = manifest.lifecycle ?? {}
  for (const hook of ['on_install', 'on_uninstall', 'on_enable', 'on_disable'] as const)
    if (lifecycle[hook]) add('lifecycle', plainHandler(hook, 'lifecycle', { actionType: 'write' }))
  for (const version of lifecycle.on_upgrade ?? [])
    add('lifecycle', plainHandler(`on_upgrade:${version}`, 'lifecycle', { actionType: 'write' }))
  if (lifecycle.health_check) add('health', plainHandler('health_check', 'health'))
}

/** A subscription of code is a handler of its own; one of a document is a function, with all that it declares (ir 3.7). */
function addSubscriptions(
  { manifest, format }: Version,
  functions: readonly HandlerDefinition[],
  add: (door: Door, handler: HandlerDefinition) => void,
): void {
  for (const { handler } of manifest.events?.subscribes ?? []) {
    const declared = format === 'ir' ? functions.find((one) => one.functionName === handler) : undefined
    add('event', declared ?? plainHandler(handler, 'event', { actionType: 'write' }))
  }
}

interface Version {
  readonly manifest: Manifest
  readonly format?: ArtefactFormat | undefined
}

/** Reads a manifest once into look-up tables. */
export function createHandlerTable({ manifest, format }: Version): HandlerTable {
  const doors = new Map<string, HandlerDefinition>()
  const add = (door: Door, handler: HandlerDefinition) => doors.set(`${door} ${handler.functionName}`, handler)
  const functions: HandlerDefinition[] = []
  const alerts = new Set<string>()
  const sections: string[] = []
  for (const tool of manifest.tools) {
    const handler = ofTool(manifest.app_id, tool)
    if (handler.kind === 'skeleton') sections.push(handler.hostName)
    if (handler.kind === 'skeleton_alert') alerts.add(handler.hostName)
    if (handler.kind === 'skeleton' || handler.kind === 'skeleton_alert') add('skeleton', handler)
    else {
      add('people', handler)
      functions.push(handler)
    }
  }
  addSurfaces(manifest, add)
  addSystemHandlers(manifest, add)
  addSubscriptions({ manifest, format }, functions, add)
  // Widgets are in no section of the manifest, panels only in newer ones: the extension itself knows what it has.
  const undeclared: readonly (readonly [string, HandlerKind])[] = [
    [WIDGET_TOOL_PREFIX, 'widget'],
    ...(manifest.panels === undefined ? [[PANEL_TOOL_PREFIX, 'panel'] as const] : []),
  ]
  const surface = (name: string): HandlerDefinition | null => {
    const found = undeclared.find(([prefix]) => name.startsWith(prefix) && name.length > prefix.length)
    if (found === undefined) return null
    const [prefix, kind] = found
    return plainHandler(name, kind, {
      hostName: name.slice(prefix.length),
      requiredScopes: [`${manifest.app_id}:read`],
    })
  }
  return {
    find: (source, name) =>
      doors.get(`${DOOR_OF[source]} ${name}`) ?? (DOOR_OF[source] === 'people' ? surface(name) : null),
    functions,
    sections: sections.map((section) => ({ section, hasAlert: alerts.has(section) })),
  }
}

/** Tables by manifest: the registry hands out the same object as long as nothing changed. */
export function createHandlerTables(): (version: Version) => HandlerTable {
  const tables = new WeakMap<Manifest, HandlerTable>()
  return ({ manifest, format }) => {
    let table = tables.get(manifest)
    if (table === undefined) {
      table = createHandlerTable({ manifest, format })
      tables.set(manifest, table)
    }
    return table
  }
}

import type { JsonObject, JsonValue } from '@imperal/contract'

/** A tool or chat function of a manifest; what is missing or wrong has its default. */
export interface ToolView {
  readonly name: string
  readonly description: string
  readonly isFunction: boolean
  readonly ownerChatTool: string
  readonly actionType: string
  readonly chainCallable: boolean
  readonly effects: readonly string[]
  readonly event: string
  readonly scopes: readonly string[]
  readonly parameters: JsonObject | undefined
  readonly paramsSchema: JsonObject | undefined
  readonly returnSchema: JsonObject
}

/** A manifest of any shape, read without ever failing: rules about content must not depend on rules about shape. */
export interface ManifestView {
  readonly appId: string
  readonly version: string
  readonly name: string
  readonly description: string
  readonly icon: string
  readonly sdkVersion: string
  readonly system: boolean
  readonly actionsExplicit: boolean
  readonly capabilities: readonly string[]
  readonly tools: readonly ToolView[]
  readonly emits: readonly string[]
  readonly subscriptions: number
  readonly hasHealthCheck: boolean
  readonly hasInstallHook: boolean
  readonly fileSinks: readonly string[]
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')
const object = (value: JsonValue | undefined): JsonObject => (isObject(value) ? value : {})
const objects = (value: JsonValue | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])
const texts = (value: JsonValue | undefined): string[] =>
  Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : []

function readTool(tool: JsonObject): ToolView {
  const isFunction = text(tool.owner_chat_tool) !== '' || tool.action_type !== undefined
  return {
    name: text(tool.name),
    description: text(tool.description),
    isFunction,
    ownerChatTool: text(tool.owner_chat_tool),
    actionType: text(tool.action_type) || 'read',
    chainCallable: tool.chain_callable !== false,
    effects: texts(tool.effects),
    event: text(tool.event),
    scopes: texts(tool.scopes),
    parameters: isObject(tool.parameters) ? tool.parameters : undefined,
    paramsSchema: isObject(tool.params_schema) ? tool.params_schema : undefined,
    returnSchema: object(tool.return_schema),
  }
}

export function readManifest(value: JsonObject): ManifestView {
  const lifecycle = object(value.lifecycle)
  const events = object(value.events)
  return {
    appId: text(value.app_id),
    version: text(value.version),
    name: text(value.name),
    description: text(value.description),
    icon: text(value.icon),
    sdkVersion: text(value.sdk_version),
    system: value.system === true,
    actionsExplicit: value.actions_explicit !== false,
    capabilities: texts(value.capabilities),
    tools: objects(value.tools).map(readTool),
    emits: objects(events.emits).map((emit) => text(emit.type)),
    subscriptions: objects(events.subscribes).length,
    hasHealthCheck: isObject(lifecycle.health_check),
    hasInstallHook: lifecycle.on_install === true,
    fileSinks: objects(value.file_sinks).map((sink) => text(sink.tool)),
  }
}

/** Synthetic names are callable by the platform only. */
export const isSynthetic = (name: string): boolean => name.startsWith('__')
export const isChange = (tool: ToolView): boolean => tool.actionType === 'write' || tool.actionType === 'destructive'

/** How an author registered it. */
export const anchorOf = (tool: ToolView, option?: string) => ({
  registration: tool.isFunction ? 'function' : 'tool',
  name: tool.name,
  ...(option === undefined ? {} : { option }),
})

export const labelOf = (tool: ToolView): string => `${tool.isFunction ? 'Function' : 'Tool'} '${tool.name}'`

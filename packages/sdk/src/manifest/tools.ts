import type { ChatFunctionDefinition } from '../extension/chat-extension.ts'
import type { ToolDefinition } from '../extension/declarations.ts'
import type { Registry } from '../extension/registry.ts'
import { membersToWire } from '../values/codec.ts'
import { entries, fromEntries, isObject, type JsonObject } from '../values/json.ts'
import { manifestSchemaOf } from './json-schema.ts'

const PARAMETER_TYPES = ['string', 'integer', 'number', 'boolean', 'array', 'object']

/** Plain tools first, then the functions of each chat extension; synthetic tools are left out (sdk.md 5.2). */
export function manifestTools(extension: Registry): JsonObject[] {
  const chats = [...extension.chatExtensions.keys()]
  const functions = chats.flatMap((chat) =>
    [...extension.functions.values()].filter((definition) => definition.ownerChatTool === chat),
  )
  return [...plainTools(extension).map(toolEntry), ...functions.map(functionEntry)]
}

export function plainTools(extension: Registry): ToolDefinition[] {
  return [...extension.tools.values()].filter((tool) => !tool.name.startsWith('__'))
}

function toolEntry({ name, description, scopes, params }: ToolDefinition): JsonObject {
  const parameters =
    params === undefined ? {} : parametersOf(manifestSchemaOf(params, 'input', `params of tool '${name}'`))
  return { name, description, scopes: [...scopes], parameters }
}

function parametersOf(schema: JsonObject): JsonObject {
  const properties = isObject(schema.properties) ? schema.properties : {}
  const required = Array.isArray(schema.required) ? schema.required : []
  return fromEntries(
    entries(properties).map(([name, property]) => {
      const type =
        isObject(property) && PARAMETER_TYPES.includes(String(property.type)) ? String(property.type) : 'string'
      return [name, { type, required: required.includes(name) }]
    }),
  )
}

function functionEntry(definition: ChatFunctionDefinition): JsonObject {
  const { name, description, actionType, chainCallable, effects, idProjection, params, returns } = definition
  const { event, background, longRunning, idempotent, ownerChatTool } = definition
  return membersToWire({
    name,
    description,
    actionType,
    chainCallable,
    effects,
    idProjection,
    paramsSchema: manifestSchemaOf(params, 'input', `params of function '${name}'`),
    returnSchema: returns === undefined ? {} : manifestSchemaOf(returns, 'output', `returns of function '${name}'`),
    event,
    background,
    longRunning,
    idempotent,
    scopes: [],
    ownerChatTool,
  })
}

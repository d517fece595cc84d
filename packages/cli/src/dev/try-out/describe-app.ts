import type { JsonObject, JsonValue } from '@imperal/contract'
import type { BuiltProject } from '../../project/build-project.ts'
import type { TryFunction, TryPanel, TryState } from './wire.ts'

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const objects = (value: JsonValue | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])
const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')

/** Parameters of plain tools in the older form of the manifest: name → its schema. */
function schemaOf({ params_schema: schema, parameters }: JsonObject): JsonObject {
  if (isObject(schema)) return schema
  return isObject(parameters) && isObject(parameters.properties) ? parameters : { type: 'object', properties: {} }
}

const functionOf = (tool: JsonObject): TryFunction => ({
  name: text(tool.name),
  description: text(tool.description),
  actionType: text(tool.action_type) || 'read',
  schema: schemaOf(tool),
})

const panelOf = (panel: JsonObject): TryPanel => ({
  id: text(panel.panel_id),
  title: text(panel.title) || text(panel.panel_id),
  slot: text(panel.slot),
})

/** Everything of a build that a person can try. */
export function describeApp({ appId, version, manifest }: BuiltProject, api: string): TryState {
  return {
    ...{ appId, version },
    name: text(manifest.name) || appId,
    address: `${api}/ext/${appId}`,
    functions: objects(manifest.tools).map(functionOf),
    // The platform draws the page of the secrets itself.
    panels: objects(manifest.panels)
      .map(panelOf)
      .filter(({ id }) => id !== 'secrets'),
  }
}

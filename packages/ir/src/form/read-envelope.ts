import type { JsonObject, JsonValue } from '@imperal/contract'
import {
  ACTION_TYPES,
  type IrActionType,
  type IrDocument,
  type IrFunction,
  type IrPanel,
  type IrSection,
} from '../document.ts'
import type { Issues } from '../issues.ts'
import { isObject } from '../json.ts'
import { readSteps } from './read-steps.ts'

const textOr = (value: JsonValue | undefined, fallback: string): string =>
  typeof value === 'string' ? value : fallback
const objectOr = (value: JsonValue | undefined): JsonObject => (isObject(value) ? value : {})
const objectOrNull = (value: JsonValue | undefined): JsonObject | null => (isObject(value) ? value : null)
const objects = (value: JsonValue | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])
const texts = (value: JsonValue | undefined): string[] =>
  Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : []

const isActionType = (value: JsonValue | undefined): value is IrActionType =>
  ACTION_TYPES.includes(value as IrActionType)

/** @param raw a function of the envelope; another word than the three is reported and read as none (IR32) */
export function readFunction(raw: JsonObject, loc: string, issues: Issues): IrFunction {
  const { action_type, effects, impl } = raw
  if (typeof action_type === 'string' && !isActionType(action_type))
    issues.error('IR32', `action_type '${action_type}' must be read, write or destructive`, `${loc}.action_type`)
  const implementation = objectOr(impl)
  if (implementation.kind === 'code')
    issues.error('IR34', `${loc}.impl: kind 'code' cannot be deployed as IR`, `${loc}.impl`)
  return {
    name: textOr(raw.name, ''),
    description: textOr(raw.description, ''),
    params_schema: objectOr(raw.params_schema),
    return_schema: objectOrNull(raw.return_schema),
    action_type: isActionType(action_type) ? action_type : null,
    effects: Array.isArray(effects) ? texts(effects) : null,
    event: textOr(raw.event, ''),
    steps: readSteps(implementation.steps, `${loc}.impl.declarative.steps`, issues),
  }
}

function readPanel(raw: JsonObject, loc: string, issues: Issues): IrPanel {
  const render = objectOr(raw.render)
  if (render.kind === 'code')
    issues.error('IR34', `${loc}.render: kind 'code' cannot be deployed as IR`, `${loc}.render`)
  return {
    panel_id: textOr(raw.panel_id, ''),
    slot: textOr(raw.slot, ''),
    title: textOr(raw.title, ''),
    icon: textOr(raw.icon, ''),
    render: { kind: render.kind === 'template' ? 'template' : 'static', tree: objectOr(render.tree) },
  }
}

function readSection(raw: JsonObject, loc: string, issues: Issues): IrSection {
  const producer = objectOr(raw.producer)
  if (producer.kind === 'code')
    issues.error('IR34', `${loc}.producer: kind 'code' cannot be deployed as IR`, `${loc}.producer`)
  return {
    section: textOr(raw.section, ''),
    shape: objectOr(raw.shape),
    producer: readSteps(producer.steps, `${loc}.producer.declarative.steps`, issues),
    alert: raw.alert === true,
    ttl: Number(raw.ttl ?? 300),
  }
}

/** The normal form of an envelope. What has a wrong type is left out; the structure check has named it. */
export function readEnvelope(raw: JsonObject, issues: Issues): IrDocument {
  const app = objectOr(raw.app)
  const version = textOr(raw.ir_version, '1.0')
  return {
    ir_version: version === '1' ? '1.0' : version,
    sdl_vocab_version: textOr(raw.sdl_vocab_version, '1'),
    contract_version: textOr(raw.contract_version, '1.0'),
    app: {
      id: textOr(app.id, ''),
      version: textOr(app.version, ''),
      title: textOr(app.title, ''),
      description: textOr(app.description, ''),
      icon: textOr(app.icon, ''),
      capabilities: texts(app.capabilities),
      data: objectOrNull(app.data),
      functions: objects(app.functions).map((fn, index) => readFunction(fn, `app.functions.${index}`, issues)),
      panels: objects(objectOr(app.ui).panels).map((panel, index) =>
        readPanel(panel, `app.ui.panels.${index}`, issues),
      ),
      skeleton: objects(app.skeleton).map((section, index) => readSection(section, `app.skeleton.${index}`, issues)),
      automations: objects(app.automations),
      events: objectOrNull(app.events),
      lifecycle: objectOrNull(app.lifecycle),
    },
  }
}

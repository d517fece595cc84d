import type { JsonObject, JsonValue } from '@imperal/contract'
import type { IrDocument, IrFunction } from '../document.ts'
import type { Issues } from '../issues.ts'
import { isObject } from '../json.ts'
import { readFunction } from './read-envelope.ts'
import { STEP_KEYS } from './read-steps.ts'

/** Members of a flat step that belong to the function it becomes (ir 2.1). */
const FUNCTION_KEYS = [
  'name',
  'description',
  'action_type',
  'params_schema',
  'return_schema',
  'effects',
  'event',
] as const
const BRANCHES = ['if', 'then', 'else', 'next'] as const

const SENTENCES: Readonly<Record<string, (what: string) => string>> = {
  'store.create': (what) => `Create a record in '${what}'.`,
  'store.get': (what) => `Read one record of '${what}'.`,
  'store.list': (what) => `List the records of '${what}'.`,
  'store.update': (what) => `Change records of '${what}'.`,
  'store.delete': (what) => `Delete records of '${what}'.`,
  'ai.complete': () => 'Write a text with the language model.',
  call: (what) => `Call '${what}'.`,
  send: () => 'Say something to the user.',
  navigate: () => 'Go to a page.',
  open: () => 'Open a panel or a page.',
}

const text = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '')

function sentence(fn: IrFunction): string {
  const [step] = fn.steps
  const params = isObject(step?.params) ? step.params : {}
  return SENTENCES[step?.action ?? '']?.(text(params.collection) || text(params.function)) ?? ''
}

function checkFlatStep(raw: JsonObject, id: string, place: { loc: string; issues: Issues }): void {
  const { loc, issues } = place
  if (raw.kind !== undefined && raw.kind !== 'declarative')
    issues.error('IR20', `step '${id}': kind must be 'declarative'`, `${loc}.kind`)
  const action = raw.action ?? raw.op
  if (action === 'conditional') issues.error('IR20', `step '${id}': conditional needs the envelope form`, loc)
  for (const key of BRANCHES)
    if (raw[key] !== undefined && action !== 'conditional')
      issues.error('IR20', `step '${id}': ${key} needs the envelope form`, `${loc}.${key}`)
  for (const key of Object.keys(raw))
    if (
      !STEP_KEYS.has(key) &&
      !(FUNCTION_KEYS as readonly string[]).includes(key) &&
      !['verb', 'collection'].includes(key)
    )
      issues.warn('IR42', `step '${id}': key '${key}' is ignored`, `${loc}.${key}`)
}

/** A flat step as the function that it becomes (ir 2.5). */
function readFlatFunction(raw: JsonObject, index: number, issues: Issues): IrFunction {
  const loc = `steps.${index}`
  const id = text(raw.id)
  checkFlatStep(raw, id === '' ? String(index) : id, { loc, issues })
  const { kind: _kind, if: _if, then: _then, else: _else, next: _next, ...rest } = raw
  const members = Object.fromEntries(FUNCTION_KEYS.flatMap((key) => (raw[key] === undefined ? [] : [[key, raw[key]]])))
  const step = Object.fromEntries(
    // `verb` and `collection` stay, so that their dead spelling is named; other unknown keys are named already.
    Object.entries(rest).filter(([key]) => STEP_KEYS.has(key) || key === 'verb' || key === 'collection'),
  )
  const fn = readFunction(
    { name: id, ...members, impl: { kind: 'declarative', steps: [step] } } as JsonObject, // members of a JSON object
    loc,
    issues,
  )
  return { ...fn, description: fn.description === '' ? sentence(fn) : fn.description }
}

/** The normal form of a flat document: each step a function of one step (I2.1). */
export function readFlat(raw: JsonObject, issues: Issues): IrDocument {
  const steps = Array.isArray(raw.steps) ? raw.steps : []
  const id = text(raw.app_id)
  return {
    ir_version: '1.0',
    sdl_vocab_version: '1',
    contract_version: '1.0',
    app: {
      id,
      version: text(raw.version),
      title: text(raw.title) || id,
      description: text(raw.description),
      icon: text(raw.icon),
      capabilities: Array.isArray(raw.capabilities)
        ? raw.capabilities.filter((entry) => typeof entry === 'string')
        : null,
      data: null,
      functions: steps.filter(isObject).map((step, index) => readFlatFunction(step, index, issues)),
      panels: [],
      skeleton: [],
      automations: [],
      events: null,
      lifecycle: null,
    },
  }
}

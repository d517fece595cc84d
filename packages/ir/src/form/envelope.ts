import { PANEL_SLOTS } from '@imperal/contract'
import {
  boolean,
  type Check,
  closed,
  dictionary,
  integer,
  list,
  needed,
  nullable,
  optional,
  tagged,
  text,
} from './structure.ts'

const IMPLEMENTATION: Check = tagged({
  code: { module: needed(text()), entry: needed(text()) },
  declarative: { steps: optional(list(dictionary)) },
})

const RENDER: Check = tagged({
  static: { tree: optional(dictionary) },
  template: { tree: needed(dictionary) },
  code: { module: needed(text()), entry: needed(text()) },
})

const SLOTS: readonly string[] = [...PANEL_SLOTS].sort()
const slot: Check = (value, loc, issues) => {
  if (typeof value !== 'string') return text()(value, loc, issues)
  if (SLOTS.includes(value)) return
  const valid = SLOTS.map((name) => `'${name}'`).join(', ')
  issues.error('IR1', `${loc}: Value error, slot '${value}' is not allowed; valid slots: [${valid}]`, loc)
}

const FUNCTION: Check = closed({
  name: needed(text(1)),
  description: optional(text()),
  params_schema: optional(dictionary),
  return_schema: optional(nullable(dictionary)),
  // Another word than the three is IR32, with a message of its own.
  action_type: optional(nullable(text())),
  effects: optional(list(text())),
  event: optional(text()),
  impl: needed(IMPLEMENTATION),
})

const PANEL: Check = closed({
  panel_id: needed(text(1)),
  slot: needed(slot),
  title: optional(text()),
  icon: optional(text()),
  render: needed(RENDER),
})

const SECTION: Check = closed({
  section: needed(text(1)),
  shape: optional(dictionary),
  producer: needed(IMPLEMENTATION),
  alert: optional(boolean),
  ttl: optional(integer),
})

/** The structure of the envelope form (ir 3). */
export const ENVELOPE: Check = closed({
  ir_version: needed(text()),
  sdl_vocab_version: optional(text()),
  contract_version: optional(text()),
  app: needed(
    closed({
      id: needed(text(1)),
      version: needed(text()),
      title: needed(text()),
      description: optional(text()),
      icon: optional(text()),
      capabilities: optional(list(text())),
      data: optional(nullable(dictionary)),
      functions: optional(list(FUNCTION)),
      ui: optional(nullable(closed({ panels: optional(list(PANEL)) }))),
      skeleton: optional(nullable(list(SECTION))),
      automations: optional(list(dictionary)),
      events: optional(nullable(dictionary)),
      lifecycle: optional(nullable(dictionary)),
    }),
  ),
})

const nonEmpty: Check = (value, loc, issues) => {
  list(dictionary)(value, loc, issues)
  if (Array.isArray(value) && value.length === 0)
    issues.error('IR1', `${loc}: List should have at least 1 item after validation, not 0`, loc)
}

/** The structure of the flat form (ir 2.1); its steps are read with rules of their own. */
export const FLAT: Check = closed({
  app_id: needed(text(1)),
  version: needed(text()),
  steps: needed(nonEmpty),
  title: optional(text()),
  description: optional(text()),
  icon: optional(text()),
  capabilities: optional(list(text())),
})

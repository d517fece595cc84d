import type { Verb } from './document.ts'
import type { TypeWord } from './json.ts'

export interface ArgSpec {
  readonly type: TypeWord
  readonly required?: true
  /** A binding may not stand here (IR45). */
  readonly literal?: true
}

const collection = { type: 'string', required: true, literal: true } as const
const targets = { id: { type: 'string' }, ids: { type: 'array' }, where: { type: 'object' } } as const

/** The args of each verb: validation and interpreter read the same table, so neither can know an arg that the other does not (I14.5). */
export const VERB_ARGS: Readonly<Record<Exclude<Verb, 'conditional'>, Readonly<Record<string, ArgSpec>>>> = {
  'store.create': { collection, data: { type: 'object', required: true } },
  'store.get': { collection, id: { type: 'string', required: true } },
  'store.list': {
    collection,
    where: { type: 'object' },
    ids: { type: 'array' },
    limit: { type: 'integer' },
    order_by: { type: 'string' },
    cursor: { type: 'string' },
  },
  'store.update': {
    collection,
    ...targets,
    set: { type: 'object' },
    unset: { type: 'array' },
    if_match: { type: 'string' },
  },
  'store.delete': { collection, ...targets },
  'ai.complete': {
    prompt: { type: 'string', required: true },
    model: { type: 'string' },
    temperature: { type: 'number' },
    max_tokens: { type: 'integer' },
    output: { type: 'string', literal: true },
  },
  call: {
    function: { type: 'string', required: true, literal: true },
    app_id: { type: 'string', literal: true },
    params: { type: 'object' },
  },
  send: {
    message: { type: 'string', required: true },
    channel: { type: 'string' },
    metadata: { type: 'object' },
  },
  navigate: { url: { type: 'string', required: true }, target: { type: 'string' } },
  open: { target: { type: 'string', required: true }, params: { type: 'object' } },
}

export const COLLECTION = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/
export const STEP_ID = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/
export const FUNCTION_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/
const RESERVED_FUNCTION = /^(?:__panel__|__widget__|__webhook__|__tray__|__menu__|skeleton_|_internal_)|^tool_.+_chat$/
export const isReservedFunction = (name: string): boolean => RESERVED_FUNCTION.test(name)

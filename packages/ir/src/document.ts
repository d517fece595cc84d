import type { JsonObject, JsonValue } from '@imperal/contract'

/** The eleven verbs of format 1.0, in the order in which messages list them (ir 5). */
export const VERBS = [
  'ai.complete',
  'call',
  'conditional',
  'navigate',
  'open',
  'send',
  'store.create',
  'store.delete',
  'store.get',
  'store.list',
  'store.update',
] as const
export type Verb = (typeof VERBS)[number]
export const isVerb = (text: unknown): text is Verb => VERBS.includes(text as Verb)

export const DIRECTIVES: ReadonlySet<Verb> = new Set(['navigate', 'open', 'send'])
export const COMPARATORS = ['eq', 'neq', 'gt', 'lt', 'in', 'exists'] as const
export type Comparator = (typeof COMPARATORS)[number]

export const ACTION_TYPES = ['read', 'write', 'destructive'] as const
export type IrActionType = (typeof ACTION_TYPES)[number]
/** 0, 1 or 2: how much a function of that type may do. */
export const strengthOf = (type: IrActionType): number => ACTION_TYPES.indexOf(type)
export const strongest = (types: readonly IrActionType[]): IrActionType =>
  types.reduce((one, other) => (strengthOf(other) > strengthOf(one) ? other : one), 'read')

/** One step in normal form: one spelling of each key (ir 2.4). Unknown keys are kept for the warning that names them. */
export interface IrStep {
  readonly id: string
  readonly action: string
  readonly params: JsonObject
  readonly if?: JsonValue
  readonly then?: JsonValue
  readonly else?: JsonValue
  /** Absent: the following step. Null: the flow ends. */
  readonly next?: JsonValue
  readonly output?: JsonValue
  readonly result?: JsonValue
  readonly summary?: JsonValue
  readonly ui?: JsonValue
}

export interface IrFunction {
  readonly name: string
  readonly description: string
  readonly params_schema: JsonObject
  readonly return_schema: JsonObject | null
  /** Null: derived. */
  readonly action_type: IrActionType | null
  readonly effects: readonly string[] | null
  readonly event: string
  readonly steps: readonly IrStep[]
}

export interface IrPanel {
  readonly panel_id: string
  readonly slot: string
  readonly title: string
  readonly icon: string
  readonly render: { readonly kind: 'static' | 'template'; readonly tree: JsonObject }
}

export interface IrSection {
  readonly section: string
  readonly shape: JsonObject
  readonly producer: readonly IrStep[]
  readonly alert: boolean
  readonly ttl: number
}

/** The one shape that both document forms become (ir 2.5). */
export interface IrDocument {
  readonly ir_version: string
  readonly sdl_vocab_version: string
  readonly contract_version: string
  readonly app: {
    readonly id: string
    readonly version: string
    readonly title: string
    readonly description: string
    readonly icon: string
    /** Null in flat documents that declare none: they are derived (I9.4). */
    readonly capabilities: readonly string[] | null
    readonly data: JsonObject | null
    readonly functions: readonly IrFunction[]
    readonly panels: readonly IrPanel[]
    readonly skeleton: readonly IrSection[]
    readonly automations: readonly JsonObject[]
    readonly events: JsonObject | null
    readonly lifecycle: JsonObject | null
  }
}

export const IR_VERSION = '1.0'
export const SDL_VOCAB_VERSION = '1'
export const CONTRACT_VERSION = '1.0'

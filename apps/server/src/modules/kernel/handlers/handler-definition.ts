import type { ActionType, HandlerKind, JsonObject } from '@imperal/contract'

/** One thing of an extension that can be called, as the manifest declares it. */
export interface HandlerDefinition {
  /** The name a caller uses, which is also the ledger's. */
  readonly functionName: string
  readonly kind: HandlerKind
  /** What the host is asked for: the bare id of a panel, the section of a skeleton, the function's name. */
  readonly hostName: string
  readonly description: string
  /** Effective: a "read" whose name promises a change counts as a write (sdk.md 2.2.4). */
  readonly actionType: ActionType
  /** All of them are needed. */
  readonly requiredScopes: readonly string[]
  /** Null: anything that is an object is accepted. */
  readonly paramsSchema: JsonObject | null
  readonly returnSchema: JsonObject
  readonly effects: readonly string[]
  readonly event: string
  readonly idProjection: string
  readonly ownerChatTool: string
  readonly chainCallable: boolean
  readonly background: boolean
  readonly longRunning: boolean
  /** Doing it again has no further effect. */
  readonly idempotent: boolean
}

const NONE = {
  description: '',
  paramsSchema: null,
  returnSchema: {},
  effects: [],
  event: '',
  idProjection: '',
  ownerChatTool: '',
  chainCallable: false,
  background: false,
  longRunning: false,
  idempotent: false,
} as const

/** A handler without declared arguments: panels, schedules, hooks and their like. */
export const plainHandler = (
  functionName: string,
  kind: HandlerKind,
  options: Partial<HandlerDefinition> = {},
): HandlerDefinition => ({
  ...NONE,
  functionName,
  kind,
  hostName: functionName,
  actionType: 'read',
  requiredScopes: [],
  ...options,
})

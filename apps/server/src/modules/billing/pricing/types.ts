import type { ActionType } from '@imperal/contract'

/** Highest price of one call in credits (K10.5). */
export const MAX_PRICE = 10_000_000

export type ModelTier = 'economy' | 'standard' | 'premium'

/** What calls of an app cost, and what its developer gets of it; frozen when the app was approved (K10.30). */
export interface Terms {
  readonly appId: string
  readonly ownerId: string | null
  readonly model: 'free' | 'per_action' | 'subscription'
  readonly toolPrices: Readonly<Record<string, number>>
  readonly freeTools: readonly string[]
  readonly monthlyPrice: number
  /** Percent of the base price. */
  readonly split: number
}

/** What the price of a call depends on. */
export interface CallToPrice {
  readonly callId: string
  readonly traceId: string
  readonly tenantId: string
  readonly userId: string
  readonly app: {
    readonly appId: string
    readonly status: string
    readonly system: boolean
    readonly firstParty: boolean
    readonly ownerId: string | null
  }
  readonly functionName: string
  readonly actionType: ActionType
  /** A function, tool or exposed method; panels, skeletons, schedules and their like cost nothing. */
  readonly isPriced: boolean
  /** The model that chose this call; null: none did (api.md 5.9). */
  readonly model: CallModel | null
}

export interface CallModel {
  readonly name: string
  /** The user's own key: no platform fee (I-BYOLLM-PLATFORM-FEE-ZERO). */
  readonly isOwn: boolean
}

/** Price of one call in whole credits. */
export interface CallPrice {
  readonly base: number
  readonly fee: number
  /** The developer's part of `base`. */
  readonly share: number
  readonly developerId: string | null
  /** A read of an app of the platform goes on without credits (K10.13). */
  readonly isWaivable: boolean
}

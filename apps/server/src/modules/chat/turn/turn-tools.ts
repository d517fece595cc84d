import type { ChatStep, Confirmation } from '@imperal/contract'
import type { Database, Statement } from '../../../foundation/db/index.ts'
import type { Log } from '../../../foundation/log.ts'
import type { CatalogFunction, Kernel } from '../../kernel/index.ts'
import type { Llm } from '../../llm/index.ts'
import type { Outbox } from '../../outbox/index.ts'
import type { Attachments } from '../attachments.ts'
import type { AssistantLimits } from '../limits.ts'
import type { SessionMemory } from '../memory/session.ts'
import type { ChatUser, HistoryEntry } from '../messages.ts'
import type { VectorCache } from '../understand/candidates.ts'
import type { AttachedFile } from './attached-files.ts'
import type { StepStore } from './step-record.ts'
import type { TurnChange, TurnHold } from './turn-record.ts'

/** Settings of a user that a turn needs. */
export interface TurnSettings {
  readonly timezone: string
  /** ISO 639-1, when the user chose one. */
  readonly language: string | null
}

/** An app of the marketplace, and which of the terms that were asked for it is about. */
export interface Offer {
  readonly appId: string
  readonly name: string
  readonly about: readonly string[]
}

export interface TurnTools {
  readonly db: Database
  readonly kernel: Kernel
  readonly llm: Llm
  readonly log: Log
  readonly outbox: Outbox
  readonly assistantName: string
  readonly attachments: Pick<Attachments, 'read'>
  /** ISO 8601. */
  now(): string
  /** Current facts of the user's apps for the classifier. */
  skeletons(user: ChatUser): Promise<string>
  /** Apps of the marketplace that the user may install and that speak of one of these terms, the best first. */
  offers(user: ChatUser, terms: readonly string[]): Promise<readonly Offer[]>
  settingsOf(user: ChatUser): Promise<TurnSettings>
  /** Those of the person's tenant. */
  limits(user: ChatUser): Promise<AssistantLimits>
  readonly vectors?: VectorCache | undefined
}

/** What happened that should never happen, and is watched (kernel 11.4). */
export const TRUTH_EVENTS = [
  'fabrication',
  'integrity_failure',
  'narration_replaced',
  'consent_missing',
  'kav_failed',
] as const
export type TruthEvent = (typeof TRUTH_EVENTS)[number]

/** What a running turn tells while it runs. */
export interface TurnVoice {
  /** Nothing further begins, and no model is asked any more. */
  readonly signal: AbortSignal
  /** Ends the calls that run: with `signal`, or, when this node ends, a little later. */
  readonly calls: AbortSignal
  /** This node ends: what is left of the turn is done by the next one. */
  isLeaving(): boolean
  /** What is being done, in the person's language; with the facts of one call where it is about one. */
  status(text: string, step?: ChatStep): void
  text(delta: string): void
  count(event: TruthEvent): void
}

/** Where a turn keeps how far it is: the database for turns of a conversation, memory for what nobody waits for. */
export interface TurnProgress {
  /** @throws TurnLost */
  move(change: TurnChange): Promise<void>
  readonly steps: StepStore
  /** In front of the first effects of each call. */
  readonly fence: Statement
}

/** Everything a turn knows, resolved once when it begins and passed on (kernel 1.1). */
export interface TurnContext {
  readonly hold: Pick<TurnHold, 'conversationId' | 'traceId' | 'request'>
  readonly progress: TurnProgress
  readonly user: ChatUser
  readonly text: string
  readonly catalog: readonly CatalogFunction[]
  readonly history: readonly HistoryEntry[]
  readonly skeletons: string
  /** Files of this message and of earlier ones, by their number in the plan. */
  readonly attached: readonly AttachedFile[]
  readonly session: SessionMemory
  readonly pending: readonly Confirmation[]
  readonly limits: AssistantLimits
  readonly timezone: string
  readonly now: string
  /** Last known language, or the one of the settings; null: nothing is known. */
  readonly language: string | null
  readonly hasModel: boolean
  readonly tools: TurnTools
  readonly voice: TurnVoice
}

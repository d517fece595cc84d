import type { JsonObject } from '@imperal/contract'
import type { DeclaredAutomation } from '@imperal/ir'
import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import type { MountedRoute } from '../../foundation/http/index.ts'
import type { Jobs } from '../../foundation/jobs/index.ts'
import type { Log } from '../../foundation/log.ts'
import type { Audit } from '../audit/index.ts'
import type { Billing } from '../billing/index.ts'
import type { Identity } from '../identity/index.ts'
import type { CallIntent, CatalogFunction, Kernel, WorkSource } from '../kernel/index.ts'
import type { Llm } from '../llm/index.ts'
import type { Notifications } from '../notifications/index.ts'
import type { Outbox } from '../outbox/index.ts'
import type { Registry } from '../registry/index.ts'

export interface Owner {
  readonly tenantId: string
  readonly userId: string
}

/** Words of a rule that are to be understood now. */
export interface FreeText {
  readonly text: string
  /** What they may use (K6.21). */
  readonly allows: (entry: CatalogFunction) => boolean
  /** Laid over every call that they lead to. */
  readonly intent: Pick<CallIntent, 'source' | 'limitedTo' | 'traceId' | 'chainId' | 'stepId' | 'causation' | 'isStep'>
  readonly signal: AbortSignal
}

export interface FreeTextAnswer {
  readonly text: string
  /** False: it was not understood, or a call of it failed. */
  readonly isDone: boolean
  readonly changed: boolean
  readonly callId: string | null
}

/** Automations that the live version of an app offers to everybody who has it. */
export interface Declared {
  readonly appId: string
  /** Its title for people. */
  readonly name: string
  readonly automations: readonly DeclaredAutomation[]
}

export interface AutomationsOptions {
  readonly db: Database
  readonly jobs: Jobs
  readonly clock: Clock
  readonly log: Log
  readonly audit: Pick<Audit, 'record'>
  readonly outbox: Pick<Outbox, 'listen' | 'publish' | 'readSettled'>
  readonly identity: Pick<Identity, 'settings' | 'findUser' | 'principalFor'>
  readonly billing: Pick<Billing, 'plan'>
  readonly notifications: Pick<Notifications, 'notify'>
  readonly llm: Pick<Llm, 'available' | 'complete'>
  readonly registry: Pick<Registry, 'usersOf'>
  /** What an app declares; the declarative apps plug it in. */
  readonly declared: (appId: string) => Promise<Declared>
  readonly kernel: Pick<Kernel, 'runSteps' | 'settleStep' | 'catalog' | 'events'>
  /** Understands words and does them, as the chat would; the chat plugs it in. */
  readonly understand: (owner: Owner, request: FreeText) => Promise<FreeTextAnswer>
  /** Says something in the owner's chat, once under one id. */
  readonly say: (owner: Owner, message: { readonly text: string; readonly messageId: string }) => Promise<void>
  /** Off in a process without the worker role: it keeps rules and runs none. */
  readonly background?: boolean | undefined
}

export type Parts = AutomationsOptions

/** What a rule runs for. */
export interface Happening {
  /** The same cause makes a rule run once. */
  readonly cause: string
  /** The event as templates see it. */
  readonly event: JsonObject
  readonly traceId: string | undefined
}

export interface Automations {
  readonly routes: readonly MountedRoute[]
  /** Seconds that the oldest event has waited for the rules to be asked; 0 when none waits. */
  eventLag(): Promise<number>
  /** Runs that wait or go on, for the operator (E21). */
  readonly work: WorkSource
  close(): Promise<void>
}

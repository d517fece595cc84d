import type { AssistantLimits } from '@imperal/contract'
import type { Bus } from '../../foundation/bus.ts'
import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import type { MountedRoute } from '../../foundation/http/index.ts'
import type { Jobs } from '../../foundation/jobs/index.ts'
import type { Log } from '../../foundation/log.ts'
import type { Audit } from '../audit/index.ts'
import type { Billing } from '../billing/index.ts'
import type { Identity } from '../identity/index.ts'
import type { Kernel } from '../kernel/index.ts'
import type { Llm } from '../llm/index.ts'
import type { Outbox } from '../outbox/index.ts'

export interface CodingOptions {
  readonly db: Database
  readonly bus: Pick<Bus, 'subscribe'>
  readonly clock: Clock
  readonly log: Log
  readonly jobs: Pick<Jobs, 'upkeep'>
  readonly audit: Pick<Audit, 'recording'>
  readonly outbox: Pick<Outbox, 'accompany' | 'listen' | 'publish'>
  readonly identity: Pick<Identity, 'actor' | 'findUser' | 'ownModel'>
  readonly billing: Pick<Billing, 'balance' | 'plan' | 'coding'>
  readonly kernel: Pick<Kernel, 'call' | 'catalog' | 'decide'>
  readonly llm: Pick<Llm, 'available' | 'createMessage'>
  readonly assistantName: string
  readonly publicUrl: string
  /** Multiplies limits of requests and turns; 0: none. */
  readonly limitFactor: number
  limits(): Promise<AssistantLimits>
  /** The model of a tier that a terminal asks for (`supersmart`…), where administrators set one. */
  modelOfTier(tier: string | null): Promise<string | undefined>
}

export interface Coding {
  readonly routes: readonly MountedRoute[]
  close(): Promise<void>
}

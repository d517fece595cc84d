import { type Selectable, sql } from 'kysely'
import type { Tx } from '../../../foundation/db/index.ts'
import type { KernelLimits } from '../ports.ts'
import type { TaskTable } from '../tables.ts'

/** How many tasks there may be. Null: no limit. */
export interface TaskLimits {
  /** Unfinished ones of a user (K4.3). */
  readonly perUser: number | null
  /** Running ones of an app in a tenant. */
  readonly perApp: number
  /** Running ones of a tenant. */
  readonly perTenant: number
  /** Waiting ones of a tenant: what comes beyond is refused instead of lost (E24). */
  readonly waiting: number
}

/** The limit that a further task would pass. */
export interface TooManyTasks {
  readonly whose: 'user' | 'app' | 'tenant'
  readonly active: number
  readonly most: number
}

type Whose = Pick<Selectable<TaskTable>, 'tenant_id' | 'user_id' | 'app_id'>

export const limitsFor = (
  { factor, tasksPerUser, tasksPerApp, tasksPerTenant, tasksWaiting }: KernelLimits,
  person: { readonly maxConcurrentTasks?: number | undefined } | null,
): TaskLimits => ({
  perUser: person === null || factor === 0 ? null : (person.maxConcurrentTasks ?? tasksPerUser) * factor,
  perApp: tasksPerApp,
  perTenant: tasksPerTenant,
  waiting: tasksWaiting,
})

/** Tasks of one tenant are begun one after the other, so that none of them counts past another. */
export const oneAtATime = (tx: Tx, tenantId: string) =>
  sql`select pg_advisory_xact_lock(hashtextextended(${`kernel.task ${tenantId}`}, 0))`.execute(tx)

interface Counts {
  readonly of_user: number
  readonly of_app: number
  readonly running: number
  readonly waiting: number
}

async function count(tx: Tx, { tenant_id, user_id, app_id }: Whose): Promise<Counts> {
  const { rows } = await sql<Counts>`select
      count(*) filter (where user_id = ${user_id})::int as of_user,
      count(*) filter (where app_id = ${app_id} and status = 'running')::int as of_app,
      count(*) filter (where status = 'running')::int as running,
      count(*) filter (where status = 'queued')::int as waiting
    from kernel.task where tenant_id = ${tenant_id} and status in ('queued', 'running')`.execute(tx)
  return rows[0] ?? { of_user: 0, of_app: 0, running: 0, waiting: 0 }
}

const beyond = (whose: TooManyTasks['whose'], active: number, most: number | null): TooManyTasks | null =>
  most === null || active < most ? null : { whose, active, most }

/** Whether one more task may begin, waiting for its turn or (`now`) at once. */
export async function tooMany(
  tx: Tx,
  whose: Whose,
  limits: TaskLimits,
  begins: 'waiting' | 'now',
): Promise<TooManyTasks | null> {
  const counts = await count(tx, whose)
  const ofUser = beyond('user', counts.of_user, limits.perUser)
  if (ofUser !== null) return ofUser
  if (begins === 'waiting') return beyond('tenant', counts.waiting, limits.waiting)
  return beyond('app', counts.of_app, limits.perApp) ?? beyond('tenant', counts.running, limits.perTenant)
}

const WHOSE = { user: 'You have', app: 'This app has', tenant: 'Your organisation has' } as const

/** For people: which limit it was, and what ends it. */
export const tooManySentence = ({ whose, most }: TooManyTasks): string =>
  `${WHOSE[whose]} ${most} ${most === 1 ? 'task' : 'tasks'} under way already, which is the most at once. Wait until one has ended, or cancel one.`

import type { JsonObject, Task } from '@imperal/contract'
import type { Tx } from '../../../foundation/db/index.ts'
import { hexId } from '../../../foundation/ids.ts'
import { toDatabaseJson } from '../ledger/mask.ts'
import type { KernelOptions } from '../ports.ts'
import { oneAtATime, type TaskLimits, type TooManyTasks, tooMany } from './task-limits.ts'
import { taskEvent, taskUpdate } from './task-messages.ts'
import type { TaskFacts, TaskHold } from './task-record.ts'

export interface NewTask {
  readonly tenantId: string
  readonly userId: string
  readonly appId: string
  readonly function: string
  readonly title: string
  readonly kind: Task['kind']
  readonly source: string
  readonly traceId: string
  readonly chainId: string | null
  readonly conversationId: string | null
  /** The pass of the corridor that works on it. */
  readonly callId: string
  /** Nobody is told of its end: no person stands behind it. */
  readonly silent: boolean
  readonly limits: TaskLimits
}

const LONGEST_TITLE = 120

const columnsOf = (task: NewTask, facts: TaskFacts) => ({
  task_id: facts.taskId,
  tenant_id: task.tenantId,
  user_id: task.userId,
  app_id: task.appId,
  function: task.function,
  title: facts.title,
  kind: task.kind,
  source: task.source,
  trace_id: task.traceId,
  chain_id: task.chainId,
  conversation_id: task.conversationId,
})

const factsFor = ({ title, ...task }: NewTask): TaskFacts => ({
  taskId: hexId('task'),
  tenantId: task.tenantId,
  userId: task.userId,
  appId: task.appId,
  function: task.function,
  title: title.slice(0, LONGEST_TITLE),
  kind: task.kind,
})

/** Begins a task whose work runs on this node already. A promoted call has `promoted`; others may be too many. */
export function beginTask(
  options: KernelOptions,
  nodeId: string,
  task: NewTask & { readonly deadline: number; readonly promoted: boolean },
): Promise<TaskHold | TooManyTasks> {
  const facts = factsFor(task)
  const at = new Date(options.clock.now())
  return options.db.tenant(task.tenantId, async (tx) => {
    await oneAtATime(tx, task.tenantId)
    const columns = columnsOf(task, facts)
    const full = await tooMany(tx, columns, task.limits, 'now')
    if (full !== null) return full
    await tx
      .insertInto('kernel.task')
      .values({
        ...columns,
        status: 'running',
        node_id: nodeId,
        call_id: task.callId,
        started_at: at,
        deadline_at: new Date(task.deadline),
        heartbeat_at: at,
        promoted_at: task.promoted ? at : null,
      })
      .execute()
    await options.outbox.publish(tx, taskUpdate(facts, { status: 'running', progress: 0 }))
    if (task.promoted)
      await options.outbox.publish(tx, taskEvent('task.promoted', facts, { timestamp: options.clock.iso() }))
    return { ...facts, attempt: 1, durable: false, silent: task.silent }
  })
}

export const TASK_QUEUE = 'kernel.tasks'
/** A job says that a task waits, and nothing of what it is about (E19). Places are shared between tenants by groups. */
export const taskQueueOptions = ({ limits }: KernelOptions['settings']) => ({
  concurrency: limits.tasksAtOnce,
  perGroup: limits.tasksPerTenant,
  // Longer than the longest task; a job that is lost with its node is sent again by whoever finds the task.
  expireSeconds: 2_100,
  pollSeconds: 2,
  // What failed before it began is tried again; what is lost nevertheless, the watch sends anew.
  retries: 2,
  retryDelaySeconds: 1,
  unique: true,
})

export interface TaskJob {
  readonly task_id: string
  readonly tenant_id: string
}

/** Tells the engine that a task waits. Saying it twice is nothing new. */
export const sendTask = (
  { jobs, settings }: KernelOptions,
  job: TaskJob,
  options: { readonly tx?: Tx; readonly afterSeconds?: number } = {},
): Promise<void> =>
  jobs.send(TASK_QUEUE, job, { ...options, key: job.task_id, group: job.tenant_id }, taskQueueOptions(settings))

/** Stores a call that a node will run, and the job that says so, in one transaction. */
export function enqueueTask(
  options: KernelOptions,
  task: NewTask & { readonly work: JsonObject },
): Promise<TaskFacts | TooManyTasks> {
  const facts = factsFor(task)
  return options.db.tenant(task.tenantId, async (tx) => {
    await oneAtATime(tx, task.tenantId)
    const columns = columnsOf(task, facts)
    const full = await tooMany(tx, columns, task.limits, 'waiting')
    if (full !== null) return full
    await tx
      .insertInto('kernel.task')
      .values({ ...columns, status: 'queued', attempt: 0, call_id: task.callId, work: toDatabaseJson(task.work) })
      .execute()
    await options.outbox.publish(tx, taskUpdate(facts, { status: 'queued', progress: 0 }))
    await sendTask(options, { task_id: facts.taskId, tenant_id: task.tenantId }, { tx })
    return facts
  })
}

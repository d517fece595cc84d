/**
 * `npm run bench -- tasks`: background functions from their acceptance to their recorded end, by the tasks of the platform, against the
 * job engine alone with the same queue; and what a tenant waits whose neighbour floods the installation. Prints tasks per second
 * and p50 and p99 in ms: of being accepted, and from acceptance to end. The handlers themselves take no time here, or 5 ms where
 * tenants compete.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { openBus } from '../apps/server/src/foundation/bus.ts'
import { hexId, newCallId, newTraceId } from '../apps/server/src/foundation/ids.ts'
import type { Jobs } from '../apps/server/src/foundation/jobs/index.ts'
import { kernelLimits } from '../apps/server/src/modules/kernel/index.ts'
import type { KernelParts } from '../apps/server/src/modules/kernel/parts.ts'
import {
  enqueueTask,
  type NewTask,
  TASK_QUEUE,
  type TaskJob,
  taskQueueOptions,
} from '../apps/server/src/modules/kernel/tasks/begin-task.ts'
import { takeTask } from '../apps/server/src/modules/kernel/tasks/take-task.ts'
import { limitsFor } from '../apps/server/src/modules/kernel/tasks/task-limits.ts'
import { endMessages } from '../apps/server/src/modules/kernel/tasks/task-messages.ts'
import { finishing, type TaskEnd } from '../apps/server/src/modules/kernel/tasks/task-record.ts'
import { openOutbox } from '../apps/server/src/modules/outbox/index.ts'
import { type Bench, report, timed, withBench } from './open-bench.ts'

const TASKS = 1_000
const AT_ONCE = 20
const FLOOD = 2_000
const NEIGHBOUR = 50
const WORK_MS = 5

// Nobody is refused here: what waits is the load.
const limits = { ...kernelLimits('development'), factor: 0, tasksWaiting: FLOOD + TASKS, tasksAtOnce: 16 }
const settings = { limits } as KernelParts['settings'] // all that the queue of tasks asks for

const END: TaskEnd = {
  ...{ status: 'done', error: null, errorCode: null, preview: 'Done.', progress: null, message: null },
  result: { text: 'Done.', type: 'response', ui: null, refresh_panels: null },
}

const newTask = (tenantId: string): NewTask => ({
  ...{ tenantId, userId: 'imp_u_bench', appId: 'bench', function: 'work', title: 'Work', kind: 'background' },
  ...{ source: 'api', traceId: newTraceId(), chainId: null, conversationId: null, callId: newCallId(), silent: false },
  limits: limitsFor(limits, null),
})

interface Tasks {
  /** Resolves when it is accepted. */
  accept(tenantId: string): Promise<void>
  /** Milliseconds from acceptance to end, by tenant. */
  readonly waits: Map<string, number[]>
  close(): Promise<void>
}

/** The tasks of the platform, with handlers that take `workMs`. */
async function openPlatform(bench: Bench, jobs: Jobs, workMs: number): Promise<Tasks> {
  const bus = await openBus(bench.postgres.connection, bench.log)
  const outbox = await openOutbox({ ...bench, bus })
  const nodeId = hexId('node')
  await bench.db.everyTenant((tx) => tx.insertInto('kernel.node').values({ node_id: nodeId }).execute())
  // What tasks use of a kernel; the corridor in between has a bench of its own (`call`).
  const parts = { ...bench, outbox, jobs, nodeId, settings } as unknown as KernelParts
  const waits = new Map<string, number[]>()
  const began = new Map<string, number>()
  const stop = await jobs.work<TaskJob>(TASK_QUEUE, taskQueueOptions(settings), async ({ data }) => {
    const taken = await takeTask(parts, data)
    if (taken === null) return
    if (workMs > 0) await delay(workMs)
    const at = bench.clock.iso()
    await bench.db.atomic(data.tenant_id, [
      finishing(taken.hold, nodeId, END, at),
      outbox.publishingMany(endMessages(taken.hold, END, at)),
    ])
    const list = waits.get(data.tenant_id) ?? []
    waits.set(data.tenant_id, list)
    list.push(performance.now() - (began.get(data.task_id) ?? 0))
  })
  return {
    waits,
    async accept(tenantId) {
      const from = performance.now()
      const task = await enqueueTask(parts, { ...newTask(tenantId), work: { seconds: 180, action_type: 'read' } })
      if ('whose' in task) throw new Error('a task was refused')
      began.set(task.taskId, from)
    },
    async close() {
      await stop()
      await outbox.close()
      await bus.close()
    },
  }
}

async function many(count: number, accept: () => Promise<void>): Promise<number[]> {
  const each: number[] = []
  let left = count
  const worker = async () => {
    while (left-- > 0) each.push((await timed(accept)) * 1_000)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return each
}
const reached = async (list: () => number, count: number): Promise<void> => {
  while (list() < count) await delay(5)
}

async function platform(bench: Bench): Promise<void> {
  const jobs = await bench.openEngine()
  const tasks = await openPlatform(bench, jobs, 0)
  let accepted: number[] = []
  const seconds = await timed(async () => {
    // As many tenants as a busy installation has, so that their own limits are none here.
    let next = 0
    accepted = await many(TASKS, () => tasks.accept(`tenant-${next++ % AT_ONCE}`))
    await reached(() => [...tasks.waits.values()].flat().length, TASKS)
  })
  report('tasks: accepted', TASKS, seconds, accepted)
  report('tasks: from acceptance to recorded end', TASKS, seconds, [...tasks.waits.values()].flat())
  await tasks.close()
  await jobs.close()
}

async function engine(bench: Bench): Promise<void> {
  const jobs = await bench.openEngine()
  const waits: number[] = []
  await jobs.work<{ sent: number }>('bench.tasks', taskQueueOptions(settings), async ({ data }) => {
    waits.push(performance.now() - data.sent)
  })
  let accepted: number[] = []
  const seconds = await timed(async () => {
    let next = 0
    accepted = await many(TASKS, () => {
      const key = hexId('task')
      const data = { sent: performance.now() }
      return jobs.send('bench.tasks', data, { key, group: `tenant-${next++ % AT_ONCE}` }, taskQueueOptions(settings))
    })
    await reached(() => waits.length, TASKS)
  })
  report('job engine alone, the same queue: accepted', TASKS, seconds, accepted)
  report('job engine alone: from acceptance to end', TASKS, seconds, waits)
  await jobs.close()
}

/** What a tenant waits for its tasks, one after another, alone or while another tenant has thousands waiting. */
async function neighbour(bench: Bench, flood: number): Promise<void> {
  const jobs = await bench.openEngine()
  const tasks = await openPlatform(bench, jobs, WORK_MS)
  await many(flood, () => tasks.accept('loud'))
  const quiet = () => tasks.waits.get('quiet')?.length ?? 0
  const seconds = await timed(async () => {
    for (let n = 1; n <= NEIGHBOUR; n++) {
      await tasks.accept('quiet')
      await reached(quiet, n)
    }
  })
  report(`a quiet tenant, ${flood} tasks of another before it`, NEIGHBOUR, seconds, tasks.waits.get('quiet') ?? [])
  await tasks.close()
  await jobs.close()
  await bench.db.everyTenant((tx) => tx.deleteFrom('kernel.task').execute())
}

await withBench(async (bench) => {
  await platform(bench)
  await engine(bench)
  await neighbour(bench, 0)
  await neighbour(bench, FLOOD)
})

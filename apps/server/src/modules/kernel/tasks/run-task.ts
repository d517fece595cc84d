import { acceptedBefore } from '../corridor/accepted-call.ts'
import { runAccepted } from '../corridor/run.ts'
import type { KernelParts } from '../parts.ts'
import { TASK_QUEUE, type TaskJob, taskQueueOptions } from './begin-task.ts'
import { tellLeftovers } from './deliver-result.ts'
import { giveBack, takeTask } from './take-task.ts'
import { failStaleTasks, forgetTasks, recoverTasks, remindOfWaiting } from './watch-tasks.ts'

/** Runs one waiting task on this node, if it still waits. Its end is recorded and told before this resolves. */
async function runTask(parts: KernelParts, job: TaskJob): Promise<void> {
  const taken = await takeTask(parts, job)
  if (taken === null) return
  try {
    await runAccepted(parts, acceptedBefore(taken))
  } catch (error) {
    // The corridor itself failed, before the handler began: the database was away.
    await giveBack(parts, taken.hold)
    throw error
  }
}

const BEAT_SECONDS = 10
const WATCH_SECONDS = 10
const FORGET_SECONDS = 3_600

/** Runs tasks of the queue on this node and watches those of all. Returns a function that stops it. */
export function openTasks(parts: KernelParts): () => Promise<void> {
  const { jobs, log } = parts
  const working = jobs
    .work<TaskJob>(TASK_QUEUE, taskQueueOptions(parts.settings), ({ data }) => runTask(parts, data))
    .catch((error) => {
      log.error({ err: error }, 'the running of tasks was not started')
      return async () => {}
    })
  const stops = [
    jobs.every('kernel.tasks.recover', WATCH_SECONDS, () => recoverTasks(parts)),
    jobs.every('kernel.tasks.stale', WATCH_SECONDS, () => failStaleTasks(parts)),
    jobs.every('kernel.tasks.remind', WATCH_SECONDS, () => remindOfWaiting(parts)),
    jobs.every('kernel.tasks.tell', WATCH_SECONDS, () => tellLeftovers(parts)),
    jobs.every('kernel.tasks.forget', FORGET_SECONDS, () => forgetTasks(parts)),
  ]
  return async () => {
    // What runs is waited for as all calls are, with a limit.
    void working.then((stop) => stop())
    await Promise.all(stops.map((stop) => stop()))
  }
}

/** The sign of life of this node's tasks (K4.7), which every node gives whatever it does beside. */
export const beatTasks = (parts: KernelParts): (() => Promise<void>) =>
  parts.jobs.every('kernel.tasks.beat', BEAT_SECONDS, () => parts.runningTasks.beat())

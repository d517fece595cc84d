import type pg from 'pg'
import { type Job, PgBoss } from 'pg-boss'
import type { Log } from '../log.ts'

const SCHEMA = 'jobs'

export interface QueueOptions {
  /** Jobs of the queue that run at once on this node. */
  readonly concurrency?: number
  /** Seconds after which a run counts as lost. */
  readonly expireSeconds?: number
  /** Further attempts after a failure; none unless said otherwise. */
  readonly retries?: number
}

export interface CronJob {
  /** Tells the schedules of a queue apart; letters, digits, `_`, `-`, `.` and `/`. */
  readonly key: string
  /** Five fields or a keyword, in UTC. */
  readonly cron: string
  readonly data: object
}

export interface Jobs {
  /** Takes jobs of a queue on this node; the queue is made if need be. Rejecting means: failed, retried as the queue says. */
  work<T extends object>(
    queue: string,
    options: QueueOptions,
    handle: (job: { data: T; createdOn: Date }) => Promise<void>,
  ): Promise<void>
  send(
    queue: string,
    data: object,
    options?: { readonly singletonKey?: string; readonly afterSeconds?: number },
  ): Promise<void>
  /** Makes the recurring jobs of a queue exactly these. Missed times are skipped. */
  setCron(queue: string, jobs: readonly CronJob[]): Promise<void>
  /**
   * Repeats `work` on this node, never twice at once: for work that claims what it does in the database, so that any
   * number of nodes may do it. Returns a function that stops it and resolves when a turn that runs has ended; long work
   * looks at the signal.
   */
  every(name: string, seconds: number, work: (stopping: AbortSignal) => Promise<unknown>): () => Promise<void>
  close(): Promise<void>
}

export interface JobsOptions {
  readonly connection: pg.ClientConfig
  readonly log: Log
  /** False: only `send` and `setCron`; nothing is worked on here. */
  readonly worker: boolean
}

/** Repeats on this node; a failure is logged and the next turn tries again. */
function repeater(log: Log) {
  const stops = new Set<() => Promise<void>>()
  const every: Jobs['every'] = (name, seconds, work) => {
    let timer: NodeJS.Timeout | undefined
    let running: Promise<void> = Promise.resolve()
    const stopping = new AbortController()
    const turn = async (): Promise<void> => {
      try {
        await work(stopping.signal)
      } catch (error) {
        log.warn({ err: error, job: name }, 'a repeated job failed')
      }
      if (!stopping.signal.aborted) schedule()
    }
    const schedule = () => {
      timer = setTimeout(() => {
        running = turn()
      }, seconds * 1000)
      timer.unref()
    }
    schedule()
    const stop = async () => {
      stopping.abort()
      clearTimeout(timer)
      stops.delete(stop)
      await running
    }
    stops.add(stop)
    return stop
  }
  return { every, stopAll: () => Promise.all([...stops].map((stop) => stop())) }
}

/**
 * Durable jobs and cron on pg-boss, in the schema `jobs` of the platform's database. Its tables come from our own
 * migrations, because the application may not create any.
 */
export async function openJobs(options: JobsOptions): Promise<Jobs> {
  const { log } = options
  const boss = new PgBoss({
    ...(options.connection as object),
    schema: SCHEMA,
    application_name: 'imperal-jobs',
    max: 4,
    migrate: false,
    createSchema: false,
    schedule: options.worker,
    supervise: options.worker,
    reindex: false,
    monitorVacuum: false,
    useListenNotify: true,
  })
  boss.on('error', (error) => log.warn({ err: error }, 'the job engine met an error'))
  await boss.start()
  const known = new Set<string>()
  const { every, stopAll } = repeater(log)

  const ensure = async (queue: string, { expireSeconds = 900, retries = 0 }: QueueOptions = {}): Promise<void> => {
    if (known.has(queue)) return
    await boss.createQueue(queue, {
      expireInSeconds: expireSeconds,
      retryLimit: retries,
      retryBackoff: true,
      deleteAfterSeconds: 3600,
      notify: true,
    })
    known.add(queue)
  }

  return {
    every,
    async work(queue, settings, handle) {
      await ensure(queue, settings)
      if (!options.worker) return
      await boss.work<never>(
        queue,
        { batchSize: 1, localConcurrency: settings.concurrency ?? 2, includeMetadata: true },
        async ([job]) => {
          if (job !== undefined)
            await handle({
              data: (job as Job<never>).data,
              createdOn: (job as unknown as { createdOn: Date }).createdOn,
            })
        },
      )
    },
    async send(queue, data, { singletonKey, afterSeconds } = {}) {
      await ensure(queue)
      await boss.send(queue, data, {
        ...(singletonKey === undefined ? {} : { singletonKey }),
        ...(afterSeconds === undefined ? {} : { startAfter: afterSeconds }),
      })
    },
    async setCron(queue, jobs) {
      await ensure(queue)
      const wanted = new Map(jobs.map((job) => [job.key, job]))
      for (const current of await boss.getSchedules(queue)) {
        const same = wanted.get(current.key)
        if (same?.cron === current.cron && JSON.stringify(same.data) === JSON.stringify(current.data))
          wanted.delete(current.key)
        else if (same === undefined) await boss.unschedule(queue, current.key)
      }
      for (const job of wanted.values()) await boss.schedule(queue, job.cron, job.data, { tz: 'UTC', key: job.key })
    },
    async close() {
      await stopAll()
      await boss.stop({ graceful: true, timeout: 10_000 })
    },
  }
}

import type pg from 'pg'
import { type ConstructorOptions, fromKysely, type Job, PgBoss, type Schedule } from 'pg-boss'
import type { Tx } from '../db/index.ts'
import type { Log } from '../log.ts'
import { noTelemetry, type Telemetry } from '../telemetry/index.ts'
import { parseCron } from './parse-cron.ts'

const SCHEMA = 'jobs'
const CONNECTIONS = 4

export interface QueueOptions {
  /** Jobs of the queue that run at once on this node. */
  readonly concurrency?: number
  /** Seconds after which a run counts as lost. */
  readonly expireSeconds?: number
  /** Further attempts after a failure; none unless said otherwise. */
  readonly retries?: number
  /** Seconds before the first further attempt; each later one waits about twice as long. */
  readonly retryDelaySeconds?: number
  /** The pause before each further attempt, for queues that say it exactly: there are as many of them as pauses. */
  readonly retryAfterSeconds?: readonly number[]
  /** Jobs of one key run one at a time, in the order in which they were sent; an attempt that failed holds up its key. */
  readonly ordered?: boolean
  /** At most one job of a key waits; a further one is nothing new. */
  readonly unique?: boolean
  /**
   * Jobs of one group that run at once in the whole installation, so that none takes all places. Workers that look at the
   * same moment may take up to three more on each node, one for each further connection of the engine.
   */
  readonly perGroup?: number
  /** Seconds until a job that became due by itself is found: nobody gives notice of it. 2 for ordered queues, else 30. */
  readonly pollSeconds?: number
}

export interface SendOptions {
  readonly key?: string
  readonly afterSeconds?: number
  /** See `QueueOptions.perGroup`. */
  readonly group?: string
  /** The job exists if this transaction commits. */
  readonly tx?: Tx
}

/** One of many jobs of a queue. The same id is taken once, as long as the job is kept (a day). */
export interface KeyedJob {
  /** A UUID. */
  readonly id: string
  readonly key: string
  /** See `QueueOptions.perGroup`. */
  readonly group?: string | undefined
  readonly data: object
}

export interface RunningJob<T> {
  readonly data: T
  readonly createdOn: Date
  readonly isFirstAttempt: boolean
  /** True when a failure will not be tried again. */
  readonly isLastAttempt: boolean
}

export interface CronJob {
  /** Tells the schedules of a queue apart; letters, digits, `_`, `-`, `.` and `/`. */
  readonly key: string
  /** Five fields or a keyword. */
  readonly cron: string
  /** IANA name; UTC when absent. A local time that a change of clocks skips or repeats is due once. */
  readonly zone?: string
  /** See `QueueOptions.perGroup`. */
  readonly group?: string | undefined
  readonly data: object
}

/** A job that is not over. */
export interface UnfinishedJob {
  readonly id: string
  readonly data: object
  readonly state: 'queued' | 'retry' | 'running'
  readonly since: Date
}

/** A job that failed for good. */
export interface FailedJob<T> {
  readonly id: string
  readonly data: T
  /** What its last attempt ended with. */
  readonly error: string
}

export interface Jobs {
  /**
   * Takes jobs of a queue on this node; the queue is made if need be. Rejecting means: failed, retried as the
   * queue says. Answers a function that takes no more of them, and resolves when those that run have ended.
   */
  work<T extends object>(
    queue: string,
    options: QueueOptions,
    handle: (job: RunningJob<T>) => Promise<void>,
  ): Promise<() => Promise<void>>
  /** For ordered queues; `options` are those of the queue. With `tx` the jobs exist if it commits. */
  sendMany(queue: string, options: QueueOptions, jobs: readonly KeyedJob[], tx?: Tx): Promise<void>
  /** `settings` are those of the queue; it is made if need be. */
  send(queue: string, data: object, options?: SendOptions, settings?: QueueOptions): Promise<void>
  /** Jobs of a queue that wait or run and whose data holds these members, oldest first. */
  unfinished(queue: string, holding: object, limit: number): Promise<UnfinishedJob[]>
  /**
   * Jobs of a queue whose last attempt failed, oldest first. In an ordered queue each holds up its key until it is removed,
   * which happens where a handler could not say itself that it gives up: its node ended, or it ran out of time.
   */
  failed<T extends object>(queue: string, limit: number): Promise<FailedJob<T>[]>
  /** Forgets jobs that failed; with `tx` if it commits. */
  remove(queue: string, ids: readonly string[], tx?: Tx): Promise<void>
  /**
   * Makes the recurring jobs of a queue exactly these. Of the times that came while no node ran, the last one is sent once;
   * whoever works on it sees when it was due.
   */
  setCron(queue: string, jobs: readonly CronJob[]): Promise<void>
  /**
   * Repeats `work` on this node, never twice at once: for work that claims what it does in the database, so that any
   * number of nodes may do it. Returns a function that stops it and resolves when a turn that runs has ended; long work
   * looks at the signal.
   */
  every(name: string, seconds: number, work: (stopping: AbortSignal) => Promise<unknown>): () => Promise<void>
  /** The same on nodes that work on jobs only, for what has to be done somewhere and not everywhere. */
  upkeep: Jobs['every']
  close(): Promise<void>
}

export interface JobsOptions {
  readonly connection: pg.ClientConfig
  readonly log: Log
  /** Absent: nothing is traced or measured. */
  readonly telemetry?: Telemetry | undefined
  /** False: only `send` and `setCron`; nothing is worked on here. */
  readonly worker: boolean
  /** Time of the engine, for tests that move it by hand. */
  readonly clock?: ConstructorOptions['clock']
}

// A worker gives a sign of life in half this time; jobs of one that is gone are free again within 30 s (E13). Until
// then they hold their key and their place in the group.
const SILENT_SECONDS = 20
const LOOK_SECONDS = 10

type Timers = Pick<NonNullable<JobsOptions['clock']>, 'setTimeout' | 'clearTimeout'>
type Timer = ReturnType<Timers['setTimeout']>
const systemTimers: Timers = {
  // A job that waits to be tried again keeps no process from ending.
  setTimeout: (work, ms) => setTimeout(work, ms).unref(),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout), // made by the line above
}

const UNFINISHED = `select id, data, coalesce(started_on, created_on) as since,
  case state when 'active' then 'running' when 'retry' then 'retry' else 'queued' end as state
from ${SCHEMA}.job where name = $1 and state in ('created', 'retry', 'active') and data @> $2::jsonb
order by created_on limit $3`

const FAILED = `select id, data, coalesce(output #>> '{value,message}', output ->> 'message', 'The attempt was lost.') as error
from ${SCHEMA}.job where name = $1 and state = 'failed' order by created_on limit $2`

// The engine waits as long as the job says: what it says is written before each attempt is handed back.
const PACE = `update ${SCHEMA}.job set retry_delay = $3, retry_backoff = false
where name = $1 and id = $2 and state = 'active' and retry_count = $4`

const isAsWanted = (job: CronJob, { cron, timezone, data, options }: Schedule): boolean =>
  job.cron === cron &&
  (job.zone ?? 'UTC') === timezone &&
  options?.missed === 'once' &&
  options.group?.id === job.group &&
  JSON.stringify(job.data) === JSON.stringify(data)

const inGroup = (group: string | undefined) => (group === undefined ? {} : { group: { id: group } })

type WithMetadata = Job<object> & { readonly createdOn: Date; readonly retryCount: number; readonly retryLimit: number }

const runningJob = ({ data, createdOn, retryCount, retryLimit }: WithMetadata): RunningJob<object> => ({
  data,
  createdOn,
  isFirstAttempt: retryCount === 0,
  isLastAttempt: retryCount >= retryLimit,
})

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
    max: CONNECTIONS,
    migrate: false,
    createSchema: false,
    schedule: options.worker,
    supervise: options.worker,
    superviseIntervalSeconds: LOOK_SECONDS,
    monitorIntervalSeconds: LOOK_SECONDS,
    reindex: false,
    monitorVacuum: false,
    useListenNotify: true,
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  })
  boss.on('error', (error) => log.warn({ err: error }, 'the job engine met an error'))
  await boss.start()
  const known = new Set<string>()
  const telemetry = options.telemetry ?? noTelemetry()
  const measured = async (queue: string, work: () => Promise<void>): Promise<void> => {
    const begun = performance.now()
    const ended = (outcome: 'done' | 'failed') =>
      telemetry.observe('imperal.job.duration', (performance.now() - begun) / 1000, { queue, outcome })
    try {
      await telemetry.span(`job ${queue}`, {}, work)
      ended('done')
    } catch (error) {
      ended('failed')
      throw error
    }
  }
  const { every, stopAll } = repeater(log)
  const timers: Timers = options.clock ?? systemTimers

  /** Writes how long a job waits whose attempt failed, and answers it; null: it is not tried again. */
  const pace = async (
    queue: string,
    { retryAfterSeconds }: QueueOptions,
    job: WithMetadata,
  ): Promise<number | null> => {
    const seconds = retryAfterSeconds?.[job.retryCount]
    if (seconds === undefined) return null
    try {
      await boss.getDb().executeSql(PACE, [queue, job.id, seconds, job.retryCount])
    } catch (error) {
      log.warn({ err: error, queue, job: job.id }, 'the pause before the next attempt is that of the one before')
    }
    return seconds
  }

  const ensure = async (
    queue: string,
    { expireSeconds = 900, retries = 0, ordered = false, unique = false, ...more }: QueueOptions = {},
  ): Promise<void> => {
    if (known.has(queue)) return
    const { retryAfterSeconds: pauses } = more
    const retryDelaySeconds = pauses?.[0] ?? more.retryDelaySeconds
    const changing = {
      expireInSeconds: expireSeconds,
      retryLimit: pauses?.length ?? retries,
      retryBackoff: pauses === undefined,
      ...(retryDelaySeconds === undefined ? {} : { retryDelay: retryDelaySeconds }),
      heartbeatSeconds: SILENT_SECONDS,
    }
    await boss.createQueue(queue, {
      ...changing,
      ...(ordered ? { policy: 'key_strict_fifo' as const } : unique ? { policy: 'short' as const } : {}),
      deleteAfterSeconds: ordered ? 86_400 : 3600,
      notify: true,
    })
    // One that an older version made has what it had then.
    await boss.updateQueue(queue, changing)
    known.add(queue)
  }

  return {
    every,
    upkeep: options.worker ? every : () => async () => {},
    async work(queue, settings, handle) {
      await ensure(queue, settings)
      if (!options.worker) return async () => {}
      const ids: string[] = []
      const waking = new Set<Timer>()
      const wakeAfter = (id: string, seconds: number) => {
        const timer = timers.setTimeout(() => {
          waking.delete(timer)
          boss.notifyWorker(id)
        }, seconds * 1000)
        waking.add(timer)
      }
      const notifyPollingIntervalSeconds = settings.pollSeconds ?? (settings.ordered === true ? 2 : 30)
      for (let worker = 0; worker < (settings.concurrency ?? 2); worker++) {
        const id: string = await boss.work<never>(
          queue,
          {
            batchSize: 1,
            includeMetadata: true,
            notifyPollingIntervalSeconds,
            ...(settings.perGroup === undefined ? {} : { groupConcurrency: settings.perGroup }),
          },
          async ([job]) => {
            const running = job as unknown as WithMetadata | undefined // `includeMetadata` is set
            try {
              if (running !== undefined) await measured(queue, () => handle(runningJob(running) as RunningJob<never>))
            } catch (error) {
              const seconds = running === undefined ? null : await pace(queue, settings, running)
              if (seconds !== null) wakeAfter(id, seconds)
              throw error
            }
            // Where there was one job there may be another: this worker looks again at once.
            boss.notifyWorker(id)
          },
        )
        ids.push(id)
      }
      return async () => {
        for (const timer of waking) timers.clearTimeout(timer)
        await Promise.all(ids.map((id) => boss.offWork(queue, { id, wait: true })))
      }
    },
    async send(queue, data, { key, afterSeconds, group, tx } = {}, settings) {
      await ensure(queue, settings)
      await boss.send(queue, data, {
        ...(key === undefined ? {} : { singletonKey: key }),
        ...(afterSeconds === undefined ? {} : { startAfter: afterSeconds }),
        ...inGroup(group),
        ...(tx === undefined ? {} : { db: fromKysely(tx) }),
      })
    },
    async sendMany(queue, settings, jobs, tx) {
      await ensure(queue, settings)
      if (jobs.length === 0) return
      await boss.insert(
        queue,
        jobs.map(({ id, key, group, data }) => ({ id, singletonKey: key, data, ...inGroup(group) })),
        tx === undefined ? {} : { db: fromKysely(tx) },
      )
    },
    async unfinished(queue, holding, limit) {
      const { rows } = await boss.getDb().executeSql(UNFINISHED, [queue, JSON.stringify(holding), limit])
      return rows as UnfinishedJob[]
    },
    async failed<T extends object>(queue: string, limit: number) {
      const { rows } = await boss.getDb().executeSql(FAILED, [queue, limit])
      return rows as FailedJob<T>[]
    },
    async remove(queue, ids, tx) {
      await boss.deleteJob(queue, [...ids], tx === undefined ? {} : { db: fromKysely(tx) })
    },
    async setCron(queue, jobs) {
      await ensure(queue)
      const wanted = new Map(jobs.map((job) => [job.key, job]))
      for (const current of await boss.getSchedules(queue)) {
        const same = wanted.get(current.key)
        if (same !== undefined && isAsWanted(same, current)) wanted.delete(current.key)
        else if (same === undefined) await boss.unschedule(queue, current.key)
      }
      for (const { key, cron, data, group, zone = 'UTC' } of wanted.values()) {
        // One that the engine does not take must not cost the others theirs.
        if (parseCron(cron, zone) === null) log.error({ queue, key, cron, zone }, 'a recurring job has no time')
        else await boss.schedule(queue, cron, data, { tz: zone, key, missed: 'once', ...inGroup(group) })
      }
    },
    async close() {
      await stopAll()
      await boss.stop({ graceful: true, timeout: 10_000 })
    },
  }
}

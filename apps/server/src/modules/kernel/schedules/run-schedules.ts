import { createHash } from 'node:crypto'
import { type ManifestSchedule, SYSTEM_USER } from '@imperal/contract'
import { sql } from 'kysely'
import { type CronJob, parseCron } from '../../../foundation/jobs/index.ts'
import { DEAD_AFTER_SECONDS } from '../ledger/node-lease.ts'
import type { KernelParts } from '../parts.ts'

const QUEUE = 'kernel.schedule'
const AT_ONCE = 8
const KEPT_DAYS = 30

export interface DueSchedule {
  readonly app_id: string
  readonly schedule: string
  readonly cron: string
}

/** Schedule names are free text; keys of the job engine are not. */
const keyOf = (appId: string, name: string): string =>
  `${appId}.${createHash('sha256').update(name).digest('hex').slice(0, 16)}`

/** A version from before the publish gate read cron texts may hold one that is never due; whoever operates it is told. */
function isDueEver(parts: KernelParts, appId: string, { name, cron }: ManifestSchedule): boolean {
  if (parseCron(cron)?.nextDue(new Date(parts.clock.now())) != null) return true
  parts.log.warn({ appId, schedule: name, cron }, 'a schedule of a live app never falls due')
  return false
}

async function wantedJobs(parts: KernelParts): Promise<CronJob[]> {
  const apps = await parts.registry.liveApps()
  return apps
    .filter(({ app }) => app.status !== 'suspended')
    .flatMap(({ app, version }) =>
      version.manifest.schedules
        .filter((schedule) => isDueEver(parts, app.appId, schedule))
        .map((schedule) => ({
          key: keyOf(app.appId, schedule.name),
          cron: schedule.cron,
          data: { app_id: app.appId, schedule: schedule.name, cron: schedule.cron } satisfies DueSchedule,
        })),
    )
}

/** Takes one due minute of a schedule for this node; false when another node has it or the last run still goes on (K7.2, K7.3). */
function claim(parts: KernelParts, due: DueSchedule, minute: Date): Promise<boolean> {
  return parts.db.everyTenant(async (tx) => {
    const { rows } = await sql<{ overlaps: boolean }>`
      insert into kernel.schedule_run (app_id, schedule, minute, node_id, status, finished_at)
      select ${due.app_id}, ${due.schedule}, ${minute}::timestamptz, ${parts.nodeId},
        case when busy.yes then 'skipped' end, case when busy.yes then now() end
      from (select exists (
        select 1 from kernel.schedule_run r join kernel.node n on n.node_id = r.node_id
        where r.app_id = ${due.app_id} and r.schedule = ${due.schedule} and r.finished_at is null
          and n.heartbeat_at > now() - make_interval(secs => ${DEAD_AFTER_SECONDS})
      ) as yes) busy
      on conflict do nothing
      returning status is not null as overlaps`.execute(tx)
    return rows[0]?.overlaps === false
  })
}

async function finish(parts: KernelParts, due: DueSchedule, minute: Date, status: string): Promise<void> {
  await parts.db.everyTenant(async (tx) => {
    await tx
      .updateTable('kernel.schedule_run')
      .set({ finished_at: new Date(), status })
      .where('app_id', '=', due.app_id)
      .where('schedule', '=', due.schedule)
      .where('minute', '=', minute)
      .execute()
    await sql`delete from kernel.schedule_run where minute < now() - make_interval(days => ${KEPT_DAYS})`.execute(tx)
  })
}

/** The tenants in which somebody has the app; a system app also runs where it lives. */
async function tenantsOf(parts: KernelParts, appId: string): Promise<string[]> {
  const tenants = await parts.registry.tenantsOf(appId)
  if (tenants.length > 0) return tenants
  const app = await parts.registry.app(appId)
  return app?.system ? [app.ownerTenantId] : []
}

/**
 * Runs a schedule for one due minute, once in the whole installation whoever asks (SCHED-EXT-I1): in system context, in
 * each tenant that has the app. Returns whether this was the one.
 */
export async function fireSchedule(parts: KernelParts, due: DueSchedule, at: Date): Promise<boolean> {
  const minute = parseCron(due.cron)?.lastDue(at) ?? null
  if (minute === null || !(await claim(parts, due, minute))) return false
  let status = 'failed'
  try {
    const outcomes = []
    for (const tenantId of await tenantsOf(parts, due.app_id))
      outcomes.push(
        await parts.runInner({
          source: 'schedule',
          tenantId,
          userId: SYSTEM_USER,
          appId: due.app_id,
          function: due.schedule,
          params: {},
        }),
      )
    status = outcomes.every((outcome) => outcome.response.status === 'success') ? 'success' : 'failed'
  } finally {
    await finish(parts, due, minute, status)
  }
  return true
}

const SYNC_AFTER_MS = 500

/** Keeps the job engine's schedules equal to those of the live apps, and runs what falls due. Returns a function that stops it. */
export function openSchedules(parts: KernelParts): () => Promise<void> {
  const { jobs, log, registry } = parts
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const sync = async (): Promise<void> => {
    await jobs.setCron(QUEUE, await wantedJobs(parts))
  }
  const soon = (): void => {
    clearTimeout(timer)
    if (stopped) return
    timer = setTimeout(() => {
      sync().catch((error) => log.error({ err: error }, 'schedules were not updated'))
    }, SYNC_AFTER_MS)
    timer.unref()
  }
  const working = jobs.work<DueSchedule>(
    QUEUE,
    { concurrency: AT_ONCE, expireSeconds: parts.settings.scheduleTimeoutSeconds + 60 },
    async ({ data, createdOn }) => {
      await fireSchedule(parts, data, createdOn)
    },
  )
  working.then(sync).catch((error) => log.error({ err: error }, 'schedules were not started'))
  const off = registry.onChange(soon)
  return async () => {
    stopped = true
    off()
    clearTimeout(timer)
    // A run of minutes is waited for as all calls are, with a limit.
    void working.then(
      (stop) => stop(),
      () => {},
    )
  }
}

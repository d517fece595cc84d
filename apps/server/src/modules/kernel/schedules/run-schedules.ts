import { createHash } from 'node:crypto'
import type { ManifestSchedule } from '@imperal/contract'
import { type CronJob, parseCron } from '../../../foundation/jobs/index.ts'
import type { KernelParts } from '../parts.ts'
import { fireSent } from './fire-schedule.ts'
import { type DueSchedule, recoverRuns } from './schedule-runs.ts'

const QUEUE = 'kernel.schedule'
/** Runs at once on this node; an app whose runs hang has a share of them (E14). */
const AT_ONCE = 12
/** Until a place of an app that had none left is found to be free. */
const LOOK_SECONDS = 5
const RECOVER_SECONDS = 10

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
          group: app.appId,
          data: { app_id: app.appId, schedule: schedule.name, cron: schedule.cron } satisfies DueSchedule,
        })),
    )
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
    {
      concurrency: AT_ONCE,
      perGroup: parts.settings.limits.schedulesPerApp,
      pollSeconds: LOOK_SECONDS,
      expireSeconds: parts.settings.scheduleTimeoutSeconds + 60,
    },
    async ({ data, createdOn }) => {
      await fireSent(parts, data, createdOn)
    },
  )
  working.then(sync).catch((error) => log.error({ err: error }, 'schedules were not started'))
  const off = registry.onChange(soon)
  const stopRecovering = jobs.every('kernel.schedules.recover', RECOVER_SECONDS, () => recoverRuns(parts))
  return async () => {
    stopped = true
    off()
    clearTimeout(timer)
    // A run of minutes is waited for as all calls are, with a limit.
    void working.then(
      (stop) => stop(),
      () => {},
    )
    await stopRecovering()
  }
}

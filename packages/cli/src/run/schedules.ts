import { ManifestSchedule } from '@imperal/contract'
import { Cron } from 'croner'
import * as z from 'zod'
import type { SchedulesOptions } from '../commands/schedules.ts'
import type { Run } from '../define-command.ts'
import { buildProject } from '../project/build-project.ts'
import { findProject } from '../project/find-project.ts'

const SHOWN = 3
const DAYS = 8
const DAY_MS = 86_400_000

/** Due times in UTC, as far as one looks ahead. */
function dueTimes(cron: string, now: Date): Date[] {
  const end = now.getTime() + DAYS * DAY_MS
  return new Cron(cron, { timezone: 'UTC', paused: true, mode: '5-part' })
    .nextRuns(SHOWN, now)
    .filter((due) => due.getTime() <= end)
}

const shown = (due: Date): string => `${due.toISOString().slice(0, 16).replace('T', ' ')} UTC`

function describe(cron: string, now: Date): string[] {
  try {
    const times = dueTimes(cron, now)
    return times.length === 0 ? [`not within ${DAYS} days`] : times.map(shown)
  } catch {
    return ['never: this is no time; `imperal validate` says why']
  }
}

export const run: Run<typeof SchedulesOptions> = async ({ args: [folder] }, io) => {
  const { appId, manifest } = await buildProject(findProject(io, folder))
  const schedules = z.array(ManifestSchedule).parse(manifest.schedules ?? [])
  if (schedules.length === 0) {
    io.out(`${appId} has no schedules. Add one with \`imperal add schedule <name>\`.`)
    return 0
  }
  const now = new Date()
  for (const { name, cron } of schedules) {
    io.out(`${name}  ${cron} (UTC)`)
    for (const line of describe(cron, now)) io.out(`  ${line}`)
  }
  io.out('')
  io.out('Schedules run for nobody: ctx.store.listUsers(…) and ctx.asUser(id) reach the users.')
  return 0
}

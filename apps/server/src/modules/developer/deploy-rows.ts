import type { Deploy, DeployReport } from '@imperal/contract'
import type { Selectable } from 'kysely'
import type { Database, Tx } from '../../foundation/db/index.ts'
import { randomId } from '../../foundation/ids.ts'
import type { AppRecord } from '../registry/index.ts'
import type { DeployStage, DeployState, DeployTable } from './tables.ts'

export type DeployRow = Selectable<DeployTable>

/** How long a deploy may take before it counts as lost with its node. */
const RUN_LIMIT_MS = 600_000
/** How long a version may wait for its upload. */
const UPLOAD_LIMIT_MS = 86_400_000

export const toDeploy = (row: DeployRow): Deploy => ({
  deploy_id: row.deploy_id,
  app_id: row.app_id,
  version: row.version,
  changelog: row.changelog,
  status: row.status,
  stage: row.stage,
  commit_sha: row.commit_sha,
  error_message: row.error_message,
  report: row.report,
  deployed_at: row.deployed_at?.toISOString() ?? null,
  created_at: row.created_at.toISOString(),
  finished_at: row.finished_at?.toISOString() ?? null,
})

export interface NewDeploy {
  readonly app: Pick<AppRecord, 'appId' | 'ownerTenantId'>
  readonly userId: string
  readonly version: string
  readonly changelog: string
  readonly status: DeployState
  readonly stage: DeployStage | null
  readonly contentHash: string | null
  readonly commitSha?: string
  readonly errorMessage?: string
}

export function insertDeploy(tx: Tx, deploy: NewDeploy, now: string): Promise<DeployRow> {
  const final = deploy.status !== 'pending' && deploy.status !== 'validating'
  return tx
    .insertInto('developer.deploy')
    .values({
      deploy_id: randomId('dep'),
      tenant_id: deploy.app.ownerTenantId,
      app_id: deploy.app.appId,
      user_id: deploy.userId,
      version: deploy.version,
      changelog: deploy.changelog,
      status: deploy.status,
      stage: deploy.stage,
      error_message: deploy.errorMessage || null,
      commit_sha: deploy.commitSha ?? null,
      content_hash: deploy.contentHash,
      created_at: now,
      updated_at: now,
      finished_at: final ? now : null,
      deployed_at: deploy.status === 'success' || deploy.status === 'warning' ? now : null,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

export interface DeployStep {
  readonly status: DeployState
  readonly stage?: DeployStage | null
  readonly report?: DeployReport
  readonly errorMessage?: string
  readonly contentHash?: string
  readonly changelog?: string
}

/** Moves an open deploy on. Null when it was closed meanwhile: cancelled, or given up as lost. */
export async function moveDeploy(tx: Tx, deployId: string, step: DeployStep, now: string): Promise<DeployRow | null> {
  const final = step.status !== 'pending' && step.status !== 'validating'
  const row = await tx
    .updateTable('developer.deploy')
    .set({
      status: step.status,
      stage: final ? null : (step.stage ?? null),
      updated_at: now,
      ...(step.report === undefined ? {} : { report: JSON.stringify(step.report) }),
      ...(step.errorMessage === undefined ? {} : { error_message: step.errorMessage.slice(0, 5000) }),
      ...(step.contentHash === undefined ? {} : { content_hash: step.contentHash }),
      ...(step.changelog === undefined ? {} : { changelog: step.changelog }),
      ...(final ? { finished_at: now } : {}),
      ...(step.status === 'live' ? { deployed_at: now } : {}),
    })
    .where('deploy_id', '=', deployId)
    .where('status', 'in', ['pending', 'validating'])
    .returningAll()
    .executeTakeFirst()
  return row ?? null
}

/** Closes deploys of an app whose node died and uploads that never came. */
export async function closeStale(tx: Tx, appId: string, nowMs: number): Promise<void> {
  const now = new Date(nowMs).toISOString()
  const close = (message: string) =>
    tx
      .updateTable('developer.deploy')
      .set({ status: 'failed', stage: null, error_message: message, finished_at: now, updated_at: now })
      .where('app_id', '=', appId)
      .where('status', 'in', ['pending', 'validating'])
  await close('The deploy did not finish within 10 minutes.')
    .where('stage', '<>', 'upload')
    .where('updated_at', '<', new Date(nowMs - RUN_LIMIT_MS))
    .execute()
  await close('No code was uploaded within 24 hours.')
    .where('stage', '=', 'upload')
    .where('updated_at', '<', new Date(nowMs - UPLOAD_LIMIT_MS))
    .execute()
}

export async function openDeploy(tx: Tx, appId: string): Promise<DeployRow | null> {
  const row = await tx
    .selectFrom('developer.deploy')
    .selectAll()
    .where('app_id', '=', appId)
    .where('status', 'in', ['pending', 'validating'])
    .executeTakeFirst()
  return row ?? null
}

/** The deploy that went live last. */
export async function lastLive(tx: Tx, appId: string): Promise<DeployRow | null> {
  const row = await tx
    .selectFrom('developer.deploy')
    .selectAll()
    .where('app_id', '=', appId)
    .where('status', '=', 'live')
    .orderBy('seq', 'desc')
    .executeTakeFirst()
  return row ?? null
}

export function recentDeploys(tx: Tx, appId: string, limit: number): Promise<DeployRow[]> {
  return tx
    .selectFrom('developer.deploy')
    .selectAll()
    .where('app_id', '=', appId)
    .orderBy('seq', 'desc')
    .limit(limit)
    .execute()
}

export async function countDeploys(tx: Tx, appId: string): Promise<number> {
  const { total } = await tx
    .selectFrom('developer.deploy')
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .where('app_id', '=', appId)
    .executeTakeFirstOrThrow()
  return Number(total)
}

/** What the developer wrote about a version; the last deploy of it that went live counts. */
export function changelogOf(db: Database, appId: string, version: string): Promise<string> {
  return db.everyTenant(async (tx) => {
    const row = await tx
      .selectFrom('developer.deploy')
      .select('changelog')
      .where('app_id', '=', appId)
      .where('version', '=', version)
      .where('status', '=', 'live')
      .orderBy('seq', 'desc')
      .executeTakeFirst()
    return row?.changelog ?? ''
  })
}

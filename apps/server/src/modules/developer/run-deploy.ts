import type { DeployReport, Manifest } from '@imperal/contract'
import type { Tx } from '../../foundation/db/index.ts'
import type { AppRecord } from '../registry/index.ts'
import { publishAppEvent, tellOwner } from './announce-app.ts'
import { announceLive } from './announce-live.ts'
import { type DeployRow, type DeployStep, moveDeploy } from './deploy-rows.ts'
import { examineUpload, toReport } from './examine-upload.ts'
import { reviewNeeded } from './gained-rights.ts'
import type { DeveloperParts } from './open-developer.ts'
import { agreeUnraised } from './raised-prices.ts'
import type { Upload } from './read-upload.ts'

type Target = Pick<AppRecord, 'appId' | 'ownerId' | 'ownerTenantId'>

/** Moves a deploy on and tells the app's owner. Null when it was closed meanwhile. */
export async function stepDeploy(
  parts: DeveloperParts,
  tx: Tx,
  to: { app: Target; deployId: string; step: DeployStep },
) {
  const row = await moveDeploy(tx, to.deployId, to.step, parts.clock.iso())
  if (!row) return null
  const payload = {
    app_id: row.app_id,
    deploy_id: row.deploy_id,
    status: row.status,
    stage: row.stage,
    error_message: row.error_message,
  }
  await tellOwner(parts, tx, { app: to.app, type: 'deploy_update', payload })
  return row
}

function stepAlone(parts: DeveloperParts, app: Target, deployId: string, next: DeployStep): Promise<DeployRow | null> {
  return parts.db.everyTenant((tx) => stepDeploy(parts, tx, { app, deployId, step: next }))
}

const summaryOf = (report: DeployReport): string => {
  const errors = report.issues
    .filter((issue) => issue.level === 'ERROR')
    .map((issue) => `${issue.rule}: ${issue.message}`)
  const more = errors.length > 3 ? ` (and ${errors.length - 3} more)` : ''
  return errors.slice(0, 3).join(' ') + more
}

const failedWith = (report: DeployReport): DeployStep => ({
  status: 'failed',
  report,
  errorMessage: summaryOf(report),
})

/**
 * Makes the version live and closes the deploy in one transaction; closes it as failed when a published app would gain
 * rights or prices. Null when the deploy was closed meanwhile.
 */
function goLive(
  parts: DeveloperParts,
  deploy: DeployRow,
  ready: { upload: Upload; manifest: Manifest; report: DeployReport },
): Promise<DeployRow | null> {
  const { upload, manifest, report } = ready
  return parts.db.everyTenant(async (tx) => {
    const app = await parts.registry.lockApp(tx, deploy.app_id)
    if (!app) return null
    const close = (step: DeployStep) => stepDeploy(parts, tx, { app, deployId: deploy.deploy_id, step })
    const gained = await reviewNeeded(parts, tx, app, manifest)
    if (gained !== null) return close(failedWith(toReport([...report.issues, gained])))
    const row = await close({ status: 'live', report })
    if (!row) return null
    const { bundle, sourceMap, iconSvg } = upload
    await parts.registry.publishVersion(tx, app.appId, {
      version: deploy.version,
      manifest,
      bundle,
      sourceMap,
      iconSvg,
    })
    if (app.status === 'active') await agreeUnraised(parts, tx, { app, version: { manifest } })
    await announceLive(parts, tx, app, deploy.version)
    return row
  })
}

/** The owner uses what the owner deploys; a developer who uninstalled the app gets it back with the next deploy. */
export async function installForOwner(parts: DeveloperParts, app: Target): Promise<void> {
  if (app.ownerId === null) return
  await parts.registry.install({ tenantId: app.ownerTenantId, userId: app.ownerId }, app.appId)
}

async function runStages(parts: DeveloperParts, app: Target, deploy: DeployRow, upload: Upload): Promise<DeployRow> {
  const { deploy_id: deployId, version } = deploy
  await parts.db.everyTenant(async (tx) => {
    await stepDeploy(parts, tx, { app, deployId, step: { status: 'validating', stage: 'validate' } })
    await publishAppEvent(parts, tx, { app, type: 'app.deploy_started', data: { version, deploy_id: deployId } })
  })
  const examined = await examineUpload(parts, { appId: app.appId, version }, upload, async (stage) => {
    await stepAlone(parts, app, deployId, { status: 'validating', stage })
  })
  if (!examined.ok) return (await stepAlone(parts, app, deployId, failedWith(examined.report))) ?? deploy
  const live = await goLive(parts, deploy, { upload, manifest: examined.manifest, report: examined.report })
  parts.registry.forget(app.appId)
  if (!live) return deploy
  if (live.status !== 'live') return live
  await parts.billing.refreshPrices()
  await installForOwner(parts, app)
  return live
}

/**
 * Takes an open deploy from validation to `live` or `failed`. A failed one leaves the live version as it is.
 * Rejects, after closing the deploy as failed, only when the platform itself could not do its part.
 */
export async function runDeploy(
  parts: DeveloperParts,
  app: Target,
  deploy: DeployRow,
  upload: Upload,
): Promise<DeployRow> {
  try {
    return await runStages(parts, app, deploy, upload)
  } catch (error) {
    const errorMessage = 'The platform could not finish this deploy. Try again.'
    await stepAlone(parts, app, deploy.deploy_id, { status: 'failed', errorMessage })
    throw error
  }
}

import type { DeployIssue, Manifest } from '@imperal/contract'
import type { Tx } from '../../foundation/db/index.ts'
import type { AppRecord } from '../registry/index.ts'
import { announceLive } from './announce-live.ts'
import { contentHash } from './content-hash.ts'
import { lockForDeploy, yieldUploads } from './deploy-app.ts'
import { insertDeploy } from './deploy-rows.ts'
import { developerErrors } from './errors.ts'
import { toReport } from './examine-upload.ts'
import { gainedBy } from './gained-rights.ts'
import type { DeveloperParts } from './open-developer.ts'
import { agreeUnraised } from './raised-prices.ts'
import { installForOwner, stepDeploy } from './run-deploy.ts'

/** A declarative version that is ready to go live. */
export interface DocumentVersion {
  /** The document in normal form, as the kernel reads it. */
  readonly text: string
  readonly revision: number
  readonly manifest: Manifest
  readonly iconSvg: string | null
  /** The author's own version label. */
  readonly label: string
  readonly changelog: string
  readonly issues: readonly DeployIssue[]
}

/**
 * Makes a declarative version live: deploy record, version and notices in one transaction with whatever `prepare` writes.
 * `prepare` runs under the app's lock and may end it all by answering null.
 * @throws DEVELOPER_APP_NOT_FOUND, DEVELOPER_DEPLOY_RUNNING, DEVELOPER_SUSPENDED_BY_ADMIN, DEVELOPER_REVIEW_NEEDED,
 * REGISTRY_ICON_INVALID
 */
export async function publishDocument<T>(
  parts: DeveloperParts,
  target: { readonly appId: string; readonly userId: string },
  prepare: (tx: Tx, app: AppRecord) => Promise<{ readonly version: DocumentVersion; readonly kept: T } | null>,
): Promise<T | null> {
  const { appId, userId } = target
  const done = await parts.db.everyTenant(async (tx) => {
    const app = await lockForDeploy(parts, tx, appId)
    const ready = await prepare(tx, app)
    if (ready === null) return null
    // What documents ask for beyond each other is told in their own words before; here, too, an app that was code.
    const gained = await gainedBy(parts, tx, app, ready.version.manifest)
    if (gained.length > 0) throw developerErrors.REVIEW_NEEDED({ gained: gained.join(', ') })
    await yieldUploads(parts, tx, appId)
    const { text, revision, manifest, iconSvg, label, changelog, issues } = ready.version
    const { version } = manifest
    const next = { version, manifest, bundle: text, sourceMap: null, iconSvg, format: 'ir' as const, revision }
    const stored = await parts.registry.publishVersion(tx, appId, next)
    const deploy = await insertDeploy(
      tx,
      {
        ...{ app, userId, changelog, version: manifest.version, commitSha: label.slice(0, 64) },
        ...{ status: 'validating', stage: 'publish', contentHash: contentHash(stored) },
      },
      parts.clock.iso(),
    )
    await stepDeploy(parts, tx, { app, deployId: deploy.deploy_id, step: { status: 'live', report: toReport(issues) } })
    if (app.status === 'active') await agreeUnraised(parts, tx, { app, version: { manifest } })
    await announceLive(parts, tx, app, manifest.version)
    return { app, kept: ready.kept }
  })
  parts.registry.forget(appId)
  if (done === null) return null
  await parts.billing.refreshPrices()
  await installForOwner(parts, done.app)
  return done.kept
}

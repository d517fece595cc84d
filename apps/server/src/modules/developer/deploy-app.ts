import { Manifest } from '@imperal/contract'
import type { Tx } from '../../foundation/db/index.ts'
import { type AppRecord, artefactHash, cleanSvg, type StoredVersion } from '../registry/index.ts'
import { contentHash } from './content-hash.ts'
import { closeStale, type DeployRow, insertDeploy, lastLive, moveDeploy, openDeploy } from './deploy-rows.ts'
import { developerErrors } from './errors.ts'
import type { DeveloperParts } from './open-developer.ts'
import { lockedApp, portalApp } from './own-app.ts'
import { parseManifestText, type Upload } from './read-upload.ts'
import type { Note } from './record-audit.ts'
import { runDeploy } from './run-deploy.ts'

export interface DeployRequest {
  readonly appId: string
  readonly userId: string
  readonly version: string
  readonly changelog: string
  /** Writes the row of the log about it, in the transaction that begins it. */
  readonly note: Note
}

/** States in which nobody but the owner ever had a version, so that it may be replaced under its own name. */
const REPLACEABLE = new Set(['draft', 'rejected'])

/** The app, locked and fit for a deploy, with stale deploys closed. @throws DEVELOPER_SUSPENDED_BY_ADMIN */
export async function lockForDeploy(parts: DeveloperParts, tx: Tx, appId: string): Promise<AppRecord> {
  const app = await lockedApp(parts.registry, tx, appId)
  const portal = await portalApp(tx, app)
  if (app.status === 'suspended' && portal.suspended_by === 'admin') throw developerErrors.SUSPENDED_BY_ADMIN()
  await closeStale(tx, appId, parts.clock.now())
  return app
}

/** The upload that an open deploy of this version waits for. Another version that waits gives way. @throws DEVELOPER_DEPLOY_RUNNING */
async function waitingFor(parts: DeveloperParts, tx: Tx, request: DeployRequest): Promise<DeployRow | null> {
  const open = await openDeploy(tx, request.appId)
  if (!open) return null
  if (open.stage !== 'upload') throw developerErrors.DEPLOY_RUNNING({ deployId: open.deploy_id })
  if (open.version === request.version) return open
  const errorMessage = `Superseded by a deploy of version ${request.version}.`
  await moveDeploy(tx, open.deploy_id, { status: 'cancelled', errorMessage }, parts.clock.iso())
  return null
}

/** Uploads that are waited for give way to what goes live without one. @throws DEVELOPER_DEPLOY_RUNNING */
export async function yieldUploads(parts: DeveloperParts, tx: Tx, appId: string): Promise<void> {
  const open = await openDeploy(tx, appId)
  if (open === null) return
  if (open.stage !== 'upload') throw developerErrors.DEPLOY_RUNNING({ deployId: open.deploy_id })
  const errorMessage = 'Superseded by a declarative document.'
  await moveDeploy(tx, open.deploy_id, { status: 'cancelled', errorMessage }, parts.clock.iso())
}

/** Names an upload as it would be stored, so that what is stored and what arrives can be told to be the same. */
function hashOf(upload: Upload): string {
  const icon = upload.iconSvg === null ? null : cleanSvg(upload.iconSvg)
  const raw = parseManifestText(upload.manifestText)
  const manifest = Manifest.safeParse(raw)
  return contentHash({
    artefactHash: artefactHash(upload.bundle, upload.sourceMap),
    manifest: manifest.success ? manifest.data : raw,
    iconSvg: icon?.ok ? icon.svg : upload.iconSvg,
  })
}

/** @throws DEVELOPER_VERSION_EXISTS for a published version under whose name other content arrives */
async function checkReplaceable(
  parts: DeveloperParts,
  tx: Tx,
  about: { app: AppRecord; version: string; hash: string },
): Promise<void> {
  if (REPLACEABLE.has(about.app.status)) return
  const stored = await parts.registry.storedVersion(about.app.appId, about.version)
  if (!stored?.artefactHash) return
  const before = await tx
    .selectFrom('developer.deploy')
    .select('content_hash')
    .where('app_id', '=', about.app.appId)
    .where('version', '=', about.version)
    .where('status', '=', 'live')
    .orderBy('seq', 'desc')
    .executeTakeFirst()
  const published = before?.content_hash ?? contentHash(stored)
  if (published !== about.hash) throw developerErrors.VERSION_EXISTS({ version: about.version })
}

const noted = (tx: Tx, { note, version }: DeployRequest, { deploy_id, status }: DeployRow) =>
  note(tx, { deploy_id, version, status })

type Begun = { readonly app: AppRecord; readonly deploy: DeployRow; readonly run: boolean }

/** The open deploy of an upload, or the one that made exactly this content live already. */
function beginUpload(parts: DeveloperParts, request: DeployRequest, upload: Upload): Promise<Begun> {
  const hash = hashOf(upload)
  return parts.db.everyTenant(async (tx) => {
    const app = await lockForDeploy(parts, tx, request.appId)
    const live = await lastLive(tx, request.appId)
    if (live && live.content_hash === hash && live.version === request.version && app.liveVersion === live.version) {
      await noted(tx, request, live)
      return { app, deploy: live, run: false }
    }
    await checkReplaceable(parts, tx, { app, version: request.version, hash })
    const waiting = await waitingFor(parts, tx, request)
    const now = parts.clock.iso()
    const begin = { status: 'validating', stage: 'validate', contentHash: hash } as const
    const changelog = request.changelog === '' ? {} : { changelog: request.changelog }
    const adopted = waiting && (await moveDeploy(tx, waiting.deploy_id, { ...begin, ...changelog }, now))
    const deploy = adopted ?? (await insertDeploy(tx, { ...request, ...begin, app }, now))
    await noted(tx, request, deploy)
    return { app, deploy, run: true }
  })
}

/**
 * Deploys uploaded code and answers when it is `live` or `failed`. The same content again is no new deploy.
 * @throws DEVELOPER_DEPLOY_RUNNING, DEVELOPER_SUSPENDED_BY_ADMIN, DEVELOPER_VERSION_EXISTS
 */
export async function deployUpload(parts: DeveloperParts, request: DeployRequest, upload: Upload): Promise<DeployRow> {
  const { app, deploy, run } = await beginUpload(parts, request, upload)
  if (run) {
    const work = runDeploy(parts, app, deploy, upload)
    parts.running.add(work)
    return work
  }
  // Nothing is new, but the developer wants it to run: crashes of this version are forgiven.
  const version = await parts.registry.liveVersion(app.appId)
  parts.hosts.drain(app.appId, version?.artefactHash ?? null)
  return deploy
}

async function uploadOf(parts: DeveloperParts, stored: StoredVersion | null): Promise<Upload | null> {
  if (stored?.format === 'ir') throw developerErrors.VERSION_IS_DOCUMENT({ version: stored.version })
  const code = stored?.artefactHash ? await parts.registry.artefact(stored.artefactHash) : null
  if (!stored || !code) return null
  return { ...code, manifestText: JSON.stringify(stored.manifest), iconSvg: stored.iconSvg }
}

/**
 * Deploys what is stored for the version, in the background; with nothing stored the deploy waits 24 h for an upload.
 * Repeating the request while it waits gives the same deploy.
 * @throws DEVELOPER_DEPLOY_RUNNING, DEVELOPER_SUSPENDED_BY_ADMIN, DEVELOPER_VERSION_IS_DOCUMENT
 */
export async function redeployStored(parts: DeveloperParts, request: DeployRequest): Promise<DeployRow> {
  const upload = await uploadOf(parts, await parts.registry.storedVersion(request.appId, request.version))
  const { app, deploy } = await parts.db.everyTenant(async (tx) => {
    const locked = await lockForDeploy(parts, tx, request.appId)
    const waiting = await waitingFor(parts, tx, request)
    if (waiting) {
      await noted(tx, request, waiting)
      return { app: locked, deploy: waiting }
    }
    const stage = upload ? ('queued' as const) : ('upload' as const)
    const hash = upload ? hashOf(upload) : null
    const fresh = { ...request, app: locked, status: 'pending' as const, stage, contentHash: hash }
    const begun = await insertDeploy(tx, fresh, parts.clock.iso())
    await noted(tx, request, begun)
    return { app: locked, deploy: begun }
  })
  if (upload && deploy.stage === 'queued') parts.running.add(runDeploy(parts, app, deploy, upload))
  return deploy
}

import { developer as contract, type JsonObject } from '@imperal/contract'
import { implement, type MountedRoute, reply } from '../../foundation/http/index.ts'
import { deployUpload, redeployStored } from './deploy-app.ts'
import { closeStale, countDeploys, type DeployRow, insertDeploy, recentDeploys, toDeploy } from './deploy-rows.ts'
import { developerErrors } from './errors.ts'
import type { DeveloperParts } from './open-developer.ts'
import { lockedApp, ownApp } from './own-app.ts'
import { parseManifestText, readUpload, type Upload } from './read-upload.ts'
import { type Note, noteOf } from './record-audit.ts'

const answer = (row: DeployRow) => ({
  deploy_id: row.deploy_id,
  app_id: row.app_id,
  version: row.version,
  status: row.status,
  created_at: row.created_at.toISOString(),
  stage: row.stage,
  error_message: row.error_message,
  report: row.report,
})

/** The version that was asked for; an upload may leave it to its manifest. @throws DEVELOPER_VERSION_MISSING */
function versionOf(asked: string | undefined, upload: Upload | null): string {
  const manifest = upload ? (parseManifestText(upload.manifestText) as JsonObject) : {}
  const version = asked ?? manifest.version
  if (typeof version !== 'string' || version === '') throw developerErrors.VERSION_MISSING()
  return version
}

/** A deploy that happened elsewhere, recorded by a service. */
function recordFinished(
  parts: DeveloperParts,
  record: {
    appId: string
    userId: string
    version: string
    commitSha: string
    status: 'success' | 'warning' | 'failed'
    errorMessage: string
    note: Note
  },
): Promise<DeployRow> {
  return parts.db.everyTenant(async (tx) => {
    const app = await lockedApp(parts.registry, tx, record.appId)
    const facts = { ...record, app, changelog: '', stage: null, contentHash: null }
    const row = await insertDeploy(tx, facts, parts.clock.iso())
    await record.note(tx, { deploy_id: row.deploy_id, version: row.version, status: row.status })
    return row
  })
}

const deploy = (parts: DeveloperParts) =>
  implement(contract.deploy, async (request) => {
    const { params, body, files, user } = request
    const app = await ownApp(parts.registry, user, params.app_id)
    const { appId } = app
    const upload = readUpload(body, files)
    const note = noteOf(parts, request, { action: 'deploy.requested', targetType: 'app', targetId: appId })
    if (body.commit_sha !== undefined && user.kind === 'service' && upload === null) {
      const facts = { commitSha: body.commit_sha, status: body.status ?? 'success', errorMessage: body.error_message }
      const version = body.version ?? app.liveVersion ?? '0.0.0'
      return answer(await recordFinished(parts, { appId, userId: user.userId, version, note, ...facts }))
    }
    const version = versionOf(body.version, upload)
    const asked = { appId, userId: user.userId, version, changelog: body.changelog, note }
    return answer(upload ? await deployUpload(parts, asked, upload) : await redeployStored(parts, asked))
  })

const listDeploys = (parts: DeveloperParts) =>
  implement(contract.listDeploys, async ({ params, query, user }) => {
    await ownApp(parts.registry, user, params.app_id)
    return parts.db.everyTenant(async (tx) => {
      await closeStale(tx, params.app_id, parts.clock.now())
      const deploys = await recentDeploys(tx, params.app_id, query.limit)
      return reply(200, deploys.map(toDeploy), { 'x-total-count': String(await countDeploys(tx, params.app_id)) })
    })
  })

/** Bringing code to the platform. */
export const deployRoutes = (parts: DeveloperParts): readonly MountedRoute[] => [deploy(parts), listDeploys(parts)]

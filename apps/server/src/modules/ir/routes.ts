import { ir as contract, type DocumentRunRecord, type JsonObject } from '@imperal/contract'
import { documentSchema, inCurrentFormat, smokeRun } from '@imperal/ir'
import { implement, type MountedRoute, type Principal } from '../../foundation/http/index.ts'
import type { AppRecord } from '../registry/index.ts'
import { checkDocument, exposedTypes } from './check-document.ts'
import { deployDocument } from './deploy-document.ts'
import { irErrors } from './errors.ts'
import type { IrParts } from './open-ir.ts'
import { activeRevision, findRevision, recentRevisions, sourceOf, toRevision } from './revisions.ts'
import { rollbackDocument } from './rollback-document.ts'
import { SmokePlaces } from './smoke-places.ts'

type Caller = Principal & { readonly userId: string }

/** The caller's own app; the same answer for somebody else's and for none. @throws IR_DEVELOPER_REQUIRED, IR_APP_NOT_FOUND */
async function ownApp({ registry, identity }: IrParts, caller: Caller, appId: string): Promise<AppRecord> {
  if ((await identity.developer(caller.tenantId, caller.userId)) === null) throw irErrors.DEVELOPER_REQUIRED()
  const app = await registry.app(appId)
  // Apps of the platform come with it; whoever runs it updates them by updating it.
  if (app === null || app.ownerId !== caller.userId) throw irErrors.APP_NOT_FOUND({ appId })
  return app
}

const schema = () => {
  const answer = documentSchema()
  return implement(contract.schema, async () => answer)
}

const validate = (parts: IrParts) =>
  implement(contract.validate, async ({ body }) => {
    const check = await checkDocument(parts, body.ir_dict, body.app_id)
    const issues = check.issues.map((issue) => ({ ...issue }))
    // A manifest is JSON that passed its schema.
    return { valid: check.ok, issues, manifest: check.ok ? (check.manifest as unknown as JsonObject) : null }
  })

const smoke = (parts: IrParts) => {
  const places = new SmokePlaces()
  return implement(contract.smoke, async ({ body, user }) => {
    const request = { function: body.function, args: body.args }
    const { issues, ...answer } = await places.run(user.userId, async () => {
      // What other apps expose decides what a function is, here as on a deploy (I9.1).
      const { document: current } = inCurrentFormat(body.ir_dict, parts.formats)
      const exposed = await exposedTypes(parts.registry, current)
      return smokeRun(current, request, { exposed })
    })
    return issues === undefined ? answer : { ...answer, issues: [...issues] }
  })
}

const audit = (parts: IrParts, caller: Caller, action: string, metadata: JsonObject & { app_id: string }) =>
  parts.audit.record({
    tenantId: caller.tenantId,
    actorId: caller.userId,
    actorType: caller.kind === 'service' ? 'service' : 'user',
    action,
    targetType: 'app',
    targetId: metadata.app_id,
    metadata,
    source: caller.kind === 'service' ? 'service' : 'api',
  })

const deploy = (parts: IrParts) =>
  implement(contract.deploy, async ({ params, body, user }) => {
    await ownApp(parts, user, params.app_id)
    const receipt = await deployDocument(parts, {
      appId: params.app_id,
      userId: user.userId,
      source: body.ir_dict,
      devMode: body.dev_mode,
      expectedRevision: body.expected_revision ?? null,
      contentOf: null,
    })
    const { app_id, revision, sha256, unchanged } = receipt
    if (!unchanged) await audit(parts, user, 'ir.deployed', { app_id, revision, sha256 })
    return receipt
  })

const rollback = (parts: IrParts) =>
  implement(contract.rollback, async ({ params, body, user }) => {
    await ownApp(parts, user, params.app_id)
    const toRevision = body.to_revision ?? null
    const receipt = await rollbackDocument(parts, { appId: params.app_id, userId: user.userId, toRevision })
    const { app_id, revision, sha256 } = receipt
    await audit(parts, user, 'ir.rolled_back', { app_id, revision, sha256 })
    return receipt
  })

const revisions = (parts: IrParts) =>
  implement(contract.revisions, async ({ params, query, user }) => {
    const { appId } = await ownApp(parts, user, params.app_id)
    const live = await parts.registry.storedVersion(appId)
    return parts.db.everyTenant(async (tx) => {
      const active = (await activeRevision(tx, appId, live))?.revision ?? null
      const rows = await recentRevisions(tx, appId, query.limit)
      return {
        app_id: appId,
        active_revision: active,
        revisions: rows.map((row) => toRevision(row, active, parts.formats)),
      }
    })
  })

const document = (parts: IrParts) =>
  implement(contract.document, async ({ params, query, user }) => {
    const { appId } = await ownApp(parts, user, params.app_id)
    const { revision } = query
    const live = await parts.registry.storedVersion(appId)
    const row = await parts.db.everyTenant((tx) =>
      revision === undefined ? activeRevision(tx, appId, live) : findRevision(tx, appId, revision),
    )
    if (row === null) throw irErrors.REVISION_NOT_FOUND({ appId, revision: revision ?? 'active' })
    return { app_id: appId, revision: row.revision, version: row.app_version, ir_dict: sourceOf(row) }
  })

const runs = (parts: IrParts) =>
  implement(contract.runs, async ({ params, query, user }) => {
    const { appId } = await ownApp(parts, user, params.app_id)
    await parts.runs.flush()
    const rows = await parts.db.everyTenant((tx) =>
      tx
        .selectFrom('ir.run')
        .selectAll()
        .where('app_id', '=', appId)
        .orderBy('id', 'desc')
        .limit(query.limit)
        .execute(),
    )
    const found = rows.map(
      (row): DocumentRunRecord => ({
        revision: row.revision,
        function: row.function,
        status: row.status,
        error_code: row.error_code,
        step: row.step,
        path: row.path,
        affected: row.affected,
        notes: row.notes,
        duration_ms: row.duration_ms,
        trace_id: row.trace_id,
        created_at: row.created_at.toISOString(),
      }),
    )
    return { app_id: appId, runs: found }
  })

export const irRoutes = (parts: IrParts): readonly MountedRoute[] => [
  schema(),
  validate(parts),
  smoke(parts),
  deploy(parts),
  revisions(parts),
  document(parts),
  rollback(parts),
  runs(parts),
]

import type { DeployReceipt } from '@imperal/contract'
import { checkDocument } from './check-document.ts'
import { deployDocument } from './deploy-document.ts'
import { irErrors } from './errors.ts'
import type { IrParts } from './open-ir.ts'
import { activeRevision, findRevision, type RevisionRow, sourceOf } from './revisions.ts'

/** @throws IR_REVISION_NOT_FOUND */
async function target(parts: IrParts, appId: string, toRevision: number | null): Promise<RevisionRow> {
  const live = await parts.registry.storedVersion(appId)
  const found = await parts.db.everyTenant(async (tx) => {
    if (toRevision !== null) return findRevision(tx, appId, toRevision)
    const active = await activeRevision(tx, appId, live)
    return active?.previous == null ? null : findRevision(tx, appId, active.previous)
  })
  if (found === null) throw irErrors.REVISION_NOT_FOUND({ appId, revision: toRevision ?? 'before this one' })
  return found
}

/**
 * Brings back the content of an earlier revision as a new one (I14.6); without a number that of the revision which was
 * active before. Records stay as they are (I14.7).
 * @throws IR_REVISION_NOT_FOUND, IR_REVISION_INVALID, and what a deploy throws
 */
export async function rollbackDocument(
  parts: IrParts,
  request: { readonly appId: string; readonly userId: string; readonly toRevision: number | null },
): Promise<DeployReceipt> {
  const { appId, userId } = request
  const row = await target(parts, appId, request.toRevision)
  const source = sourceOf(row)
  const check = await checkDocument(parts, source, appId)
  if (!check.ok) throw irErrors.REVISION_INVALID({ revision: row.revision, issues: check.issues })
  return deployDocument(parts, {
    ...{ appId, userId, source, devMode: true, expectedRevision: null },
    contentOf: row.content_of ?? row.revision,
  })
}

import { createHash } from 'node:crypto'
import type { DeployIssue, DeployReceipt, DocumentIssue, JsonObject, JsonValue } from '@imperal/contract'
import { breakingChanges, canonicalJson, IR_VERSION, type IrDocument, isInlineSvg } from '@imperal/ir'
import type { Tx } from '../../foundation/db/index.ts'
import type { AppRecord } from '../registry/index.ts'
import { artefactHash } from '../registry/index.ts'
import { type Check, type CheckedDocument, checkDocument } from './check-document.ts'
import { irErrors } from './errors.ts'
import type { IrParts } from './open-ir.ts'
import { activateRevision, activeRevision, normalOf, type RevisionRow, stepsOf } from './revisions.ts'
import { widening } from './widening.ts'

export interface DeployRequest {
  readonly appId: string
  readonly userId: string
  /** As the author sent it. */
  readonly source: JsonValue
  /** Live for its owner only, not sent to review. */
  readonly devMode: boolean
  readonly expectedRevision: number | null
  /** Set by a rollback: whose content this is. */
  readonly contentOf: number | null
}

const DEPLOY_WINDOW_SECONDS = 60

/** @throws IR_DEPLOY_LIMIT */
async function takeDeploy(parts: IrParts, appId: string): Promise<void> {
  if (parts.limitFactor === 0) return
  const limit = parts.deploysPerMinute * parts.limitFactor
  const verdict = await parts.limiter.take(`ir.deploy:${appId}`, limit, DEPLOY_WINDOW_SECONDS)
  if (!verdict.allowed) throw irErrors.DEPLOY_LIMIT({ retryAfter: verdict.reset })
}

const toDeployIssue = ({ rule, level, message, path, fix }: DocumentIssue): DeployIssue => ({
  rule,
  level,
  message,
  file: path ?? '',
  line: 0,
  fix: fix ?? '',
})

type Review = Pick<DeployReceipt, 'review' | 'submitted'> & { readonly warnings: readonly DocumentIssue[] }

/** Step 10 of ir 13.2: a draft is sent to review; failed content checks are told and change nothing. */
async function submit(parts: IrParts, app: AppRecord, devMode: boolean): Promise<Review> {
  if (app.status === 'pending_review') return { review: 'submitted', submitted: false, warnings: [] }
  if (devMode || (app.status !== 'draft' && app.status !== 'rejected'))
    return { review: 'none', submitted: false, warnings: [] }
  const submission = await parts.developer.submit(app.appId)
  if (submission.status !== 'failed') return { review: 'submitted', submitted: true, warnings: [] }
  const warnings = submission.checks
    .filter((check) => !check.ok)
    .map(({ check, message }): DocumentIssue => ({ rule: 'REVIEW', level: 'WARN', message, path: check }))
  return { review: 'none', submitted: false, warnings }
}

interface Activated {
  readonly app: AppRecord
  readonly revision: number
  readonly previous: number | null
  readonly deployedAt: string
  readonly unchanged: boolean
  readonly warnings: readonly DocumentIssue[]
}

function receipt(
  about: { readonly checked: CheckedDocument; readonly sha256: string; readonly devMode: boolean },
  activated: Activated,
  review: Review,
): DeployReceipt {
  const { checked, sha256, devMode } = about
  const { app } = checked.document
  const functions = app.functions.map(({ name }) => name)
  return {
    app_id: app.id,
    deployed_at: activated.deployedAt,
    steps_registered: stepsOf(checked.document),
    ir_version: app.version,
    format_version: IR_VERSION,
    functions_registered: functions.length,
    functions,
    revision: activated.revision,
    previous_revision: activated.previous,
    sha256,
    unchanged: activated.unchanged,
    status: 'deployed',
    validation: 'ok',
    commit: app.version,
    tools_synced: checked.manifest.tools.length,
    panels_synced: app.panels.length > 0,
    icon_synced: isInlineSvg(app.icon),
    manifest_synced: true,
    migrations_applied: checked.migrations === null ? null : [...checked.migrations],
    dev_mode: devMode,
    submitted: review.submitted,
    review: review.review,
    warnings: [...activated.warnings, ...review.warnings],
    id: app.id,
    title: app.title || app.id,
    kind: 'deploy',
  }
}

const iconOf = ({ app }: IrDocument): string | null => (isInlineSvg(app.icon) ? app.icon : null)

/** @throws IR_REVIEW_REQUIRED when a published app would do more than its users agreed to */
function checkWidening(app: AppRecord, before: IrDocument | null, after: IrDocument): void {
  if (app.status !== 'active' || before === null) return
  const changes = widening(before, after)
  if (changes.length > 0) throw irErrors.REVIEW_REQUIRED({ changes })
}

class Activation {
  readonly #parts: IrParts
  readonly #request: DeployRequest
  readonly #checked: CheckedDocument
  readonly #sha256: string
  /** Set when the same content is live already. */
  same: Activated | null = null

  constructor(parts: IrParts, request: DeployRequest, checked: CheckedDocument, sha256: string) {
    this.#parts = parts
    this.#request = request
    this.#checked = checked
    this.#sha256 = sha256
  }

  /** Steps 6 to 8 under the app's lock; null ends the deploy without a write. */
  async prepare(tx: Tx, app: AppRecord) {
    const { registry, clock } = this.#parts
    const { document, issues } = this.#checked
    const live = app.liveVersion === null ? null : await registry.storedVersion(app.appId, app.liveVersion)
    const active = await activeRevision(tx, app.appId, live)
    const expected = this.#request.expectedRevision
    if (expected !== null && expected !== active?.revision)
      throw irErrors.REVISION_CONFLICT({ active: active?.revision ?? null })
    if (active?.sha256 === this.#sha256 && this.#request.contentOf === null) {
      this.same = this.#unchanged(app, active)
      return null
    }
    const before = active === null ? null : normalOf(active, this.#parts.formats)
    checkWidening(app, before, document)
    const warnings = [...issues, ...(before === null ? [] : breakingChanges(before, document, this.#request.source))]
    const now = clock.iso()
    const normal = JSON.stringify(document)
    if (!isInlineSvg(document.app.icon) && document.app.icon !== '')
      await registry.updateApp(tx, app.appId, { icon: document.app.icon })
    const revision = await activateRevision(tx, {
      ...{ appId: app.appId, tenantId: app.ownerTenantId, createdBy: this.#request.userId, now },
      ...{ source: JSON.stringify(this.#request.source), normal, sha256: this.#sha256 },
      ...{ artefactHash: artefactHash(normal, null), formatVersion: IR_VERSION, appVersion: document.app.version },
      ...{ migratedFrom: this.#checked.migratedFrom, contentOf: this.#request.contentOf },
      ...{ previous: active?.revision ?? null, issues: warnings },
    })
    const kept: Activated = {
      ...{ app, revision, previous: active?.revision ?? null, deployedAt: now, unchanged: false, warnings },
    }
    return { version: this.#version(normal, revision, warnings), kept }
  }

  #unchanged(app: AppRecord, active: RevisionRow): Activated {
    return {
      app,
      revision: active.revision,
      previous: active.previous,
      deployedAt: active.created_at.toISOString(),
      unchanged: true,
      warnings: active.issues,
    }
  }

  #version(text: string, revision: number, warnings: readonly DocumentIssue[]) {
    const { document, manifest } = this.#checked
    const label = document.app.version
    const { contentOf } = this.#request
    return {
      ...{ text, revision, manifest, label, iconSvg: iconOf(document), issues: warnings.map(toDeployIssue) },
      changelog: contentOf === null ? '' : `Rolled back to revision ${contentOf}.`,
    }
  }
}

/**
 * Steps 3 to 12 of a deploy (ir 13.2). All writes are one transaction, so a failing one leaves everything as it was (I13.4).
 * @throws IR_DEPLOY_LIMIT, IR_DOCUMENT_INVALID, IR_REVISION_CONFLICT, IR_REVIEW_REQUIRED, DEVELOPER_DEPLOY_RUNNING,
 * DEVELOPER_SUSPENDED_BY_ADMIN, REGISTRY_ICON_INVALID
 */
export async function deployDocument(parts: IrParts, request: DeployRequest): Promise<DeployReceipt> {
  await takeDeploy(parts, request.appId)
  const checked: Check = await checkDocument(parts, request.source, request.appId)
  if (!checked.ok) throw irErrors.DOCUMENT_INVALID({ issues: checked.issues })
  const sha256 = createHash('sha256')
    .update(canonicalJson(request.source as JsonObject))
    .digest('hex')
  const activation = new Activation(parts, request, checked, sha256)
  const made = await parts.developer.publishDocument({ appId: request.appId, userId: request.userId }, (tx, app) =>
    activation.prepare(tx, app),
  )
  const activated = made ?? activation.same
  if (activated === null) throw new Error('a deploy ended without a verdict')
  const review = await submit(parts, activated.app, request.devMode)
  return receipt({ checked, sha256, devMode: request.devMode }, activated, review)
}

import { developer as contract } from '@imperal/contract'
import { implement, type MountedRoute, type Principal, requireInstallation } from '../../foundation/http/index.ts'
import { recentDeploys, toDeploy } from './deploy-rows.ts'
import type { DeveloperParts } from './open-developer.ts'
import { ownApp, portalApp } from './own-app.ts'
import { noteOf } from './record-audit.ts'
import { approveApp, rejectApp, submitApp, suspendApp } from './review-app.ts'

const reviewerOf = (principal: Principal | null): string => principal?.userId ?? '__system__'

const submit = (parts: DeveloperParts) =>
  implement(contract.submit, async (request) => {
    const { appId } = await ownApp(parts.registry, request.user, request.params.app_id)
    const note = noteOf(parts, request, { action: 'app.submitted', targetType: 'app', targetId: appId })
    const submission = await submitApp(parts, appId, note)
    if (submission.status === 'failed') return { app_id: appId, ...submission }
    const { status, submittedAt, checks } = submission
    return { app_id: appId, status, submitted_at: submittedAt, checks }
  })

const suspend = (parts: DeveloperParts) =>
  implement(contract.suspend, async (request) => {
    const { appId } = await ownApp(parts.registry, request.user, request.params.app_id)
    const note = noteOf(parts, request, { action: 'app.suspended', targetType: 'app', targetId: appId })
    await suspendApp(parts, appId, note)
    return { app_id: appId, status: 'suspended' as const }
  })

const approve = (parts: DeveloperParts) =>
  implement(contract.approve, async (request) => {
    requireInstallation(request.principal)
    const appId = request.params.app_id
    const verdict = { appId, reviewerId: reviewerOf(request.principal), seen: request.body.version ?? undefined }
    const note = noteOf(parts, request, { action: 'app.approved', targetType: 'app', targetId: appId })
    const { approvedAt } = await approveApp(parts, verdict, note)
    return { app_id: appId, status: 'active' as const, approved_at: approvedAt }
  })

const reject = (parts: DeveloperParts) =>
  implement(contract.reject, async (request) => {
    requireInstallation(request.principal)
    const appId = request.params.app_id
    const { reason } = request.body
    const metadata = { reason }
    const note = noteOf(parts, request, { action: 'app.rejected', targetType: 'app', targetId: appId, metadata })
    await rejectApp(parts, { appId, reviewerId: reviewerOf(request.principal), reason }, note)
    return { app_id: appId, status: 'rejected' as const, reject_reason: reason }
  })

const pending = (parts: DeveloperParts) =>
  implement(contract.pending, async ({ principal }) => {
    requireInstallation(principal)
    const shown = await parts.db.everyTenant(async (tx) => {
      const waiting = await tx
        .selectFrom('developer.portal_app')
        .select('app_id')
        .where('submitted_at', 'is not', null)
        .orderBy('submitted_at')
        .execute()
      const apps = await Promise.all(waiting.map((row) => parts.registry.app(row.app_id)))
      const shown = []
      for (const app of apps.filter((each) => each?.status === 'pending_review')) {
        if (!app) continue
        const portal = await portalApp(tx, app)
        const [last] = await recentDeploys(tx, app.appId, 1)
        shown.push({
          app_id: app.appId,
          name: app.name,
          display_name: app.name,
          developer_id: app.ownerId ?? 'imperal',
          category: app.category,
          version: app.liveVersion,
          submitted_at: portal.submitted_at?.toISOString() ?? app.updatedAt,
          git_url: portal.git_url,
          checks: portal.checks,
          last_deploy: last ? toDeploy(last) : null,
        })
      }
      return shown
    })
    const ids = [...new Set(shown.map((one) => one.developer_id))]
    const owners = new Map((await parts.identity.developersOf(ids)).map((one) => [one.userId, one.email]))
    return shown.map((one) => ({ ...one, developer_email: owners.get(one.developer_id) ?? '' }))
  })

/** Submitting, pausing, and the administrator's verdict. */
export const reviewRoutes = (parts: DeveloperParts): readonly MountedRoute[] => [
  submit(parts),
  suspend(parts),
  approve(parts),
  reject(parts),
  pending(parts),
]

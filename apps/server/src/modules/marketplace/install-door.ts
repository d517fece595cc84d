import { sql } from 'kysely'
import type { Database } from '../../foundation/db/index.ts'
import type { Principal } from '../../foundation/http/index.ts'
import { type Audit, actOf } from '../audit/index.ts'
import type { Billing } from '../billing/index.ts'
import {
  type AppRecord,
  type AskedInstall,
  appAccess,
  type InstallDoor,
  type InstallNote,
  installedIds,
  type Registry,
  registryErrors,
} from '../registry/index.ts'
import { marketplaceErrors } from './errors.ts'

export interface InstallDoorOptions {
  readonly db: Database
  readonly registry: Pick<Registry, 'app' | 'install' | 'uninstall'>
  readonly billing: Pick<Billing, 'plan'>
  readonly audit: Pick<Audit, 'append'>
  /** Role and scopes of a user for whom somebody else asks. */
  principalFor(userId: string): Promise<Principal | null>
}

/** Installs as far as the plan allows (kernel 10.4). @throws MARKETPLACE_PLAN_LIMIT */
async function installWithin(options: InstallDoorOptions, asked: AskedInstall, note: InstallNote) {
  const { user, appId, config } = asked
  const plan = await options.billing.plan(user)
  const limit = plan.limits.extensions ?? -1
  if (limit < 0) return options.registry.install(user, appId, { config, note })
  return options.db.tenant(user.tenantId, async (tx) => {
    // Two installs at once would each see room for one.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`install:${user.userId}`}, 4780))`.execute(tx)
    const had = await installedIds(tx, user)
    if (!had.includes(appId) && had.length >= limit) throw marketplaceErrors.PLAN_LIMIT({ limit, plan: plan.name })
    return options.registry.install(user, appId, { config, note })
  })
}

/** Who asks has the rights of the sign-in at hand; others have those of their account. */
async function mayHave(options: InstallDoorOptions, { user, by }: AskedInstall, app: AppRecord): Promise<boolean> {
  const { principal } = by
  const isSelf = principal?.userId === user.userId
  const subject = isSelf ? principal : await options.principalFor(user.userId)
  return subject?.userId != null && appAccess(app.config, { ...subject, userId: subject.userId })
}

const noteOf =
  (options: InstallDoorOptions, { user, appId, by }: AskedInstall, action: string): InstallNote =>
  (tx) =>
    options.audit.append(tx, {
      ...actOf(by),
      tenantId: user.tenantId,
      userId: user.userId,
      action,
      targetType: 'app',
      targetId: appId,
    })

/**
 * The one way in and out of an install, whichever surface it is asked on: access policy, plan and security log.
 * `install` throws REGISTRY_APP_NOT_ACTIVE, MARKETPLACE_ACCESS_DENIED, MARKETPLACE_PLAN_LIMIT; `uninstall` throws
 * REGISTRY_SYSTEM_APP. Both are idempotent, and repeating them leaves no second row in the log.
 */
export function openInstallDoor(options: InstallDoorOptions): InstallDoor {
  return {
    async install(asked) {
      const app = await options.registry.app(asked.appId)
      if (!app) throw registryErrors.APP_NOT_ACTIVE()
      if (!(await mayHave(options, asked, app))) throw marketplaceErrors.ACCESS_DENIED()
      // What everybody has uses up nobody's plan.
      const note = noteOf(options, asked, 'install.created')
      return app.system
        ? options.registry.install(asked.user, asked.appId, { config: asked.config, note })
        : installWithin(options, asked, note)
    },
    async uninstall(asked) {
      return options.registry.uninstall(asked.user, asked.appId, noteOf(options, asked, 'install.removed'))
    },
  }
}

import { sql } from 'kysely'
import type { Database } from '../../foundation/db/index.ts'
import type { Principal } from '../../foundation/http/index.ts'
import type { Audit } from '../audit/index.ts'
import type { Billing } from '../billing/index.ts'
import {
  type AppRecord,
  type AskedInstall,
  appAccess,
  type InstallDoor,
  installedIds,
  type Registry,
  registryErrors,
} from '../registry/index.ts'
import { marketplaceErrors } from './errors.ts'

export interface InstallDoorOptions {
  readonly db: Database
  readonly registry: Pick<Registry, 'app' | 'install' | 'uninstall'>
  readonly billing: Pick<Billing, 'plan'>
  readonly audit: Pick<Audit, 'record'>
  /** Role and scopes of a user for whom somebody else asks. */
  principalFor(userId: string): Promise<Principal | null>
}

/** Installs as far as the plan allows (kernel 10.4). @throws MARKETPLACE_PLAN_LIMIT */
async function installWithin(options: InstallDoorOptions, { user, appId, config }: AskedInstall) {
  const plan = await options.billing.plan(user)
  const limit = plan.limits.extensions ?? -1
  if (limit < 0) return options.registry.install(user, appId, config)
  return options.db.tenant(user.tenantId, async (tx) => {
    // Two installs at once would each see room for one.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`install:${user.userId}`}, 4780))`.execute(tx)
    const had = await installedIds(tx, user)
    if (!had.includes(appId) && had.length >= limit) throw marketplaceErrors.PLAN_LIMIT({ limit, plan: plan.name })
    return options.registry.install(user, appId, config)
  })
}

/** Who asks has the rights of the sign-in at hand; others have those of their account. */
async function mayHave(options: InstallDoorOptions, { user, by }: AskedInstall, app: AppRecord): Promise<boolean> {
  const { principal } = by
  const isSelf = principal?.userId === user.userId
  const subject = isSelf ? principal : await options.principalFor(user.userId)
  return subject?.userId != null && appAccess(app.config, { ...subject, userId: subject.userId })
}

function record(options: InstallDoorOptions, { user, appId, by }: AskedInstall, action: string): Promise<void> {
  const isService = by.principal?.kind === 'service'
  return options.audit.record({
    tenantId: user.tenantId,
    actorId: by.principal?.userId ?? '__system__',
    actorType: isService ? 'service' : 'user',
    userId: user.userId,
    action,
    targetType: 'app',
    targetId: appId,
    source: isService ? 'service' : 'api',
    ip: by.ip,
    requestId: by.requestId,
  })
}

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
      const receipt = await (app.system
        ? options.registry.install(asked.user, asked.appId, asked.config)
        : installWithin(options, asked))
      if (receipt.created) await record(options, asked, 'install.created')
      return receipt
    },
    async uninstall(asked) {
      const gone = await options.registry.uninstall(asked.user, asked.appId)
      if (gone.removed) await record(options, asked, 'install.removed')
      return gone
    },
  }
}

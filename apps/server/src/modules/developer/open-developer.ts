import type { Clock } from '../../foundation/clock.ts'
import type { Database } from '../../foundation/db/index.ts'
import type { Jobs } from '../../foundation/jobs/index.ts'
import type { Log } from '../../foundation/log.ts'
import type { Post } from '../../foundation/mail/index.ts'
import type { Audit } from '../audit/index.ts'
import type { Billing } from '../billing/index.ts'
import type { Identity } from '../identity/index.ts'
import type { AppAnalytics } from '../kernel/index.ts'
import type { Outbox } from '../outbox/index.ts'
import type { Registry } from '../registry/index.ts'
import { adminAppRoutes } from './admin-app-routes.ts'
import { appRoutes } from './app-routes.ts'
import { deployRoutes } from './deploy-routes.ts'
import { changelogOf } from './deploy-rows.ts'
import { earningRoutes } from './earning-routes.ts'
import { followDeploys } from './follow-deploys.ts'
import { endTiers } from './membership.ts'
import { packageRoutes } from './package-routes.ts'
import { payoutRoutes } from './payout-routes.ts'
import { namesOf, profileRoutes, publicProfile } from './profile-routes.ts'
import { publishDocument } from './publish-document.ts'
import { unnoted } from './record-audit.ts'
import { approveApp, rejectApp, submitApp } from './review-app.ts'
import { reviewRoutes } from './review-routes.ts'
import { syncManifest } from './sync-manifest.ts'
import type { AdministratorNotice, DeployHosts, Developer, PublishGate } from './types.ts'
import './tables.ts'

export interface DeveloperOptions {
  readonly db: Database
  readonly log: Log
  readonly clock: Clock
  readonly audit: Pick<Audit, 'append' | 'record'>
  readonly outbox: Pick<Outbox, 'publish'>
  readonly identity: Pick<Identity, 'enrolDeveloper' | 'changeTier' | 'developer' | 'developersOf' | 'principalFor'>
  readonly registry: Registry
  readonly billing: Pick<
    Billing,
    | 'agreeTerms'
    | 'agreement'
    | 'decidePayout'
    | 'earnedByDay'
    | 'earnings'
    | 'payoutMinimum'
    | 'payoutsOf'
    | 'refreshPrices'
    | 'requestPayout'
    | 'sell'
    | 'tokenRate'
    | 'waitingPayouts'
  >
  readonly jobs: Pick<Jobs, 'every' | 'upkeep'>
  readonly post: Pick<Post, 'post'>
  readonly publicUrl: string
  /** Tells those who run the installation that something waits for them. Never fails: what waits is in their lists as well. */
  tellAdministrators(notice: AdministratorNotice): Promise<void>
  /** How an app was used since a moment. */
  analyse(appId: string, since: Date): Promise<AppAnalytics>
  readonly hosts: DeployHosts
  readonly validate: PublishGate
  /** Multiplies the number of apps that a tier allows: 1 in production, 100 in development. */
  readonly appLimitFactor: number
  /** Folder with the tarballs of the platform's packages. */
  readonly packagesFolder: string
}

/** Deploys that run on this node, so that closing can wait for them. */
export interface Running {
  add(work: Promise<unknown>): void
}

export type DeveloperParts = DeveloperOptions & { readonly running: Running }

const END_TIERS_SECONDS = 3600

/** Opens the developer portal: profiles, apps, deploys, reviews, and the platform's own packages. */
export function openDeveloper(options: DeveloperOptions): Developer {
  const works = new Set<Promise<unknown>>()
  const running: Running = {
    add(work) {
      const settled: Promise<unknown> = work.then(
        () => works.delete(settled),
        (error) => {
          works.delete(settled)
          options.log.error({ err: error }, 'a deploy ended without a verdict')
        },
      )
      works.add(settled)
    },
  }
  const parts: DeveloperParts = { ...options, running }
  const unfollow = followDeploys(parts)
  const stop = options.jobs.upkeep('developer.end_tiers', END_TIERS_SECONDS, () => endTiers(parts))
  return {
    publicProfile: (userId) => publicProfile(parts, userId),
    namesOf: (userIds) => namesOf(parts, userIds),
    changelogOf: (appId, version) => changelogOf(parts.db, appId, version),
    publishDocument: (target, prepare) => publishDocument(parts, target, prepare),
    submit: (appId) => submitApp(parts, appId, unnoted),
    approve: (appId, reviewerId) => approveApp(parts, { appId, reviewerId }, unnoted),
    reject: (appId, reviewerId, reason) => rejectApp(parts, { appId, reviewerId, reason }, unnoted),
    routes: [
      ...profileRoutes(parts),
      ...appRoutes(parts),
      ...deployRoutes(parts),
      ...reviewRoutes(parts),
      ...adminAppRoutes(parts),
      ...earningRoutes(parts),
      ...payoutRoutes(parts),
      syncManifest(parts),
      ...packageRoutes(parts),
    ],
    async close() {
      unfollow()
      await stop()
      await Promise.all(works)
    },
  }
}

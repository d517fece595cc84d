import { PlatformError } from '../foundation/errors.ts'
import { forgetMails } from '../foundation/mail/index.ts'
import { forgetAutomations } from '../modules/automations/index.ts'
import type { Billing } from '../modules/billing/index.ts'
import { forgetChat } from '../modules/chat/index.ts'
import { forgetCoding } from '../modules/coding/index.ts'
import { forgetConfiguration } from '../modules/configuration/index.ts'
import { forgetConnections } from '../modules/connections/index.ts'
import type { IdentityPorts } from '../modules/identity/index.ts'
import { forgetCalls } from '../modules/kernel/index.ts'
import { forgetNotifications } from '../modules/notifications/index.ts'
import { forgetMessages } from '../modules/outbox/index.ts'
import { findAppKey, forgetInstalls, type Registry } from '../modules/registry/index.ts'
import { forgetSecrets } from '../modules/secrets/index.ts'
import { forgetState } from '../modules/state/index.ts'
import { forgetFiles } from '../modules/storage/index.ts'
import { forgetDocuments } from '../modules/store/index.ts'
import type { Ground } from './open-ground.ts'

/** Everything that is kept for a user beside the account; ledger, log and wallet stay under the bare id. */
const FORGETTING = [
  forgetInstalls,
  forgetDocuments,
  forgetSecrets,
  forgetConnections,
  forgetConfiguration,
  forgetState,
  forgetFiles,
  forgetNotifications,
  (db: Ground['db'], user: { readonly userId: string }) => forgetMails(db, user.userId),
  forgetChat,
  forgetCalls,
  forgetAutomations,
  forgetCoding,
  // What the others told on their way out goes as well.
  forgetMessages,
]

/** What accounts cause elsewhere. Identity opens before registry and billing, which are therefore asked for late. */
export function accountPorts(
  ground: Ground,
  { registry, billing }: { readonly registry: () => Registry; readonly billing: () => Billing },
): IdentityPorts {
  return {
    installedApps: async (user) => (await registry().appsOf(user)).map(({ app }) => app.appId),
    planGrants: (user, tx) => billing().planGrants(user, tx),
    async installApps(user, appIds) {
      for (const appId of appIds) {
        try {
          await registry().install(user, appId)
        } catch (error) {
          // An app that was suspended since the role was written must not keep the others away.
          if (!(error instanceof PlatformError) || error.code !== 'REGISTRY_APP_NOT_ACTIVE') throw error
          ground.log.warn({ appId, userId: user.userId }, 'an app of the role cannot be installed')
        }
      }
    },
    appKey: (key) => findAppKey(ground.db, key),
    async forgetUser(user) {
      for (const forget of FORGETTING) await forget(ground.db, user)
      // Last, for it waits for the payment provider: while that is away, everything else is forgotten already.
      await billing().forget(user)
      // What it told of payments that are given up goes as well.
      await forgetMessages(ground.db, user)
    },
  }
}

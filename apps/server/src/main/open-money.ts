import { billingSettings } from '../foundation/start/index.ts'
import type { Audit } from '../modules/audit/index.ts'
import { countRules } from '../modules/automations/index.ts'
import { openBilling } from '../modules/billing/index.ts'
import type { Identity } from '../modules/identity/index.ts'
import type { Notifications } from '../modules/notifications/index.ts'
import type { Outbox } from '../modules/outbox/index.ts'
import type { Registry } from '../modules/registry/index.ts'
import type { Ground } from './open-ground.ts'

export type ActionCount = (user: { tenantId: string; userId: string }, since: Date) => Promise<number>

interface MoneyParts {
  readonly audit: Audit
  readonly outbox: Outbox
  readonly identity: Identity
  readonly registry: Registry
  readonly notifications: Notifications
  readonly emailOf: (user: { tenantId: string; userId: string }) => Promise<string | null>
}

/** Opens billing over what it has to know of others. */
export async function openMoney(ground: Ground, parts: MoneyParts) {
  const { settings, db } = ground
  const { identity, registry, notifications } = parts
  let count: ActionCount | undefined
  const billing = await openBilling({
    ...ground,
    ...parts,
    settings: billingSettings(settings),
    ports: {
      emailOf: parts.emailOf,
      tenantOf: async (userId) => (await identity.principalFor(userId))?.tenantId ?? null,
      isActive: async (user) => (await identity.actor(user.tenantId, user.userId))?.isActive === true,
      installsOf: async (user) => (await registry.appsOf(user)).filter(({ install }) => install !== null).length,
      automationsOf: (user) => countRules(db, user),
      actionsOf: async (user, since) => (await count?.(user, since)) ?? 0,
      notify: async (user, { title, body, link }) => {
        await notifications.notify(
          { tenantId: user.tenantId, atomic: (statements) => db.atomic(user.tenantId, statements) },
          { ...user, appId: null, title, body, message: body, priority: 'high', channel: 'in_app', link, extra: {} },
        )
      },
    },
  })
  ground.closing.add(() => billing.close())
  return {
    billing,
    countActionsWith: (given: ActionCount) => {
      count = given
    },
  }
}

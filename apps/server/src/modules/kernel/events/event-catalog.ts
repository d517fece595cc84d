import type { CatalogEvent } from '@imperal/contract'
import { actingUser } from '../context/acting-user.ts'
import { policyRefusal } from '../corridor/check-access-policy.ts'
import { heldScopes, scopesMissing } from '../corridor/check-scopes.ts'
import { eventName } from '../ledger/messages.ts'
import type { KernelParts } from '../parts.ts'
import type { KernelCaller } from '../types.ts'

const LONGEST_DESCRIPTION = 150

/** What the platform itself publishes about a user (K6.3). */
const OF_THE_PLATFORM: readonly (readonly [string, string])[] = [
  ['email.received', 'A mail arrived in a connected mailbox.'],
  ['system.scheduled', 'A time that a rule names has come.'],
  ['automation.triggered', 'A rule began to run.'],
  ['extension.installed', 'You installed an app.'],
  ['extension.uninstalled', 'You uninstalled an app.'],
  ['extension.enabled', 'An app was switched on for you.'],
  ['extension.disabled', 'An app was switched off for you.'],
  ['extension.upgraded', 'You were moved to a newer version of an app.'],
  ['task.promoted', 'A slow call goes on in the background.'],
  ['task.completed', 'Background work is done.'],
  ['task.failed', 'Background work failed, was cancelled or ran out of time.'],
  ['confirmation.created', 'Something waits for your confirmation.'],
  ['confirmation.confirmed', 'You confirmed something.'],
  ['confirmation.cancelled', 'You refused something that waited for you.'],
  ['confirmation.expired', 'Nobody confirmed something in time.'],
  ['billing.topup_completed', 'Credits were bought.'],
  ['billing.payment_completed', 'A plan was paid for.'],
  ['billing.payment_failed', 'A payment did not go through.'],
  ['billing.payment_refunded', 'A payment was given back, all of it or a part.'],
  ['billing.plan_activated', 'A plan began, was renewed or became another one.'],
  ['billing.plan_past_due', 'A plan could not be renewed and is tried again.'],
  ['billing.plan_ended', 'A plan ended.'],
  ['billing.balance_low', 'Few credits are left.'],
  ['billing.payout_requested', 'You asked for credits that your apps earned.'],
  ['billing.payout_approved', 'A payout of yours was approved.'],
  ['billing.payout_rejected', 'A payout of yours was turned down.'],
  ['billing.payout_paid', 'A payout of yours was sent.'],
  ['rbac:role_changed', 'You were given another role.'],
  ['rbac:scopes_changed', 'You were given other scopes of your own.'],
  ['rbac:role_created', 'You made a role.'],
  ['rbac:role_updated', 'You changed a role.'],
  ['rbac:role_deleted', 'You removed a role.'],
  ['secret.missing', 'An app needs a secret of yours before it can work.'],
  ['health.changed', 'The health of an app of yours changed.'],
]

const platform: readonly CatalogEvent[] = OF_THE_PLATFORM.map(([type, description]) => ({
  event_type: type,
  app_id: null,
  function: null,
  action_type: null,
  description,
}))

/**
 * Everything that can happen for a user (K6.4): events of the functions that the user may call, events that the installed
 * apps declare to emit, and those of the platform. Made anew from the live manifests each time, which are in memory.
 */
export async function eventCatalog(parts: KernelParts, user: KernelCaller): Promise<CatalogEvent[]> {
  const actor = await actingUser(parts.identity, user)
  if (actor?.isActive !== true) return []
  const apps = await parts.registry.appsOf(user)
  const ofApps = apps
    .filter(({ app, install }) => app.status !== 'suspended' && install?.isDisabled !== true)
    .flatMap((use) => {
      const { appId, name } = use.app
      const scopes = heldScopes(actor, use)
      const published = parts
        .handlerTable(use.version)
        .functions.filter((handler) => handler.event !== '')
        .filter((handler) => scopesMissing(actor, use, handler).length === 0)
        .filter((handler) => policyRefusal(use.app.config, handler.functionName, { actor, scopes }) === null)
        .map(
          (handler): CatalogEvent => ({
            event_type: eventName(appId, handler.event, parts.isOtherApp(appId)).type,
            app_id: appId,
            function: handler.functionName,
            action_type: handler.actionType,
            description: handler.description.slice(0, LONGEST_DESCRIPTION),
          }),
        )
      const known = new Set(published.map((event) => event.event_type))
      const emitted = (use.version.manifest.events?.emits ?? [])
        .filter(({ type }) => !known.has(type))
        .map(
          ({ type }): CatalogEvent => ({
            event_type: type,
            app_id: appId,
            function: null,
            action_type: null,
            description: `${name} says so by itself.`,
          }),
        )
      return [...published, ...emitted]
    })
  return [...ofApps, ...platform]
}

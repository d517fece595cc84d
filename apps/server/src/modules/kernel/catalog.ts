import { actingUser } from './context/acting-user.ts'
import { policyRefusal } from './corridor/check-access-policy.ts'
import { mayRunHere } from './corridor/check-availability.ts'
import { heldScopes, scopesMissing } from './corridor/check-scopes.ts'
import type { AppInUse } from './corridor/stages.ts'
import type { HandlerDefinition } from './handlers/handler-definition.ts'
import type { KernelParts } from './parts.ts'
import type { CatalogFunction, KernelCaller } from './types.ts'

export interface Callable {
  readonly use: AppInUse
  readonly handler: HandlerDefinition
}

/** Functions and tools that a user may call now: installed and enabled apps, without what scopes or policy withhold (K3.4a). */
export async function callablesOf(parts: KernelParts, user: KernelCaller): Promise<Callable[]> {
  const actor = await actingUser(parts.identity, user)
  if (actor === null || !actor.isActive) return []
  const apps = await parts.registry.appsOf(user)
  return apps
    .filter(
      ({ app, install }) =>
        app.status !== 'suspended' && install?.isDisabled !== true && (install !== null || app.system),
    )
    .filter((use) => mayRunHere(parts, use))
    .flatMap((use) => {
      const scopes = heldScopes(actor, use)
      return parts
        .handlerTable(use.version)
        .functions.filter((handler) => scopesMissing(actor, use, handler).length === 0)
        .filter((handler) => policyRefusal(use.app.config, handler.functionName, { actor, scopes }) === null)
        .map((handler) => ({ use, handler }))
    })
}

const UNWELL = ' (This app does not work well at the moment.)'

export const catalogFunction = ({ use, handler }: Callable, isUnwell = false): CatalogFunction => ({
  appId: use.app.appId,
  appName: use.app.name,
  name: handler.functionName,
  // Offered all the same (K7.21): whoever chooses it knows.
  description: isUnwell ? handler.description + UNWELL : handler.description,
  actionType: handler.actionType,
  paramsSchema: handler.paramsSchema ?? {},
  returnSchema: handler.returnSchema,
  idProjection: handler.idProjection,
  effects: handler.effects,
  ownerChatTool: handler.ownerChatTool,
  chainCallable: handler.chainCallable,
})

/** Functions that a user may call now. */
export const catalogOf = async (parts: KernelParts, user: KernelCaller): Promise<CatalogFunction[]> =>
  (await callablesOf(parts, user))
    .filter(({ handler }) => handler.kind === 'function')
    .map((callable) => catalogFunction(callable, parts.unwell.has(callable.use.app.appId)))

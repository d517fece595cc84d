import {
  meExtensions as contract,
  effectiveActionType,
  type JsonObject,
  type MyExtension,
  type UiContributions,
  uiContributions,
} from '@imperal/contract'
import { administers, implement, type MountedRoute, type Principal } from '../../foundation/http/index.ts'
import type { CatalogFunction } from '../kernel/index.ts'
import { appAccess, registryErrors, type UserApp } from '../registry/index.ts'
import { marketplaceErrors } from './errors.ts'
import { iconUrl } from './icons.ts'
import { noteOf } from './install-routes.ts'
import type { MarketplaceOptions } from './open-marketplace.ts'

const toFunction = (fn: CatalogFunction): MyExtension['functions'][number] => ({
  name: fn.name,
  description: fn.description,
  params_schema: fn.paramsSchema,
  action_type: fn.actionType,
})

/** Functions as the manifest declares them, for an app that is switched off and so offers none to call. */
const declaredFunctions = ({ version }: UserApp): MyExtension['functions'] =>
  version.manifest.tools
    .filter((tool) => tool.owner_chat_tool !== undefined && tool.action_type !== undefined)
    .map((tool) => ({
      name: tool.name,
      description: tool.description,
      params_schema: tool.params_schema ?? {},
      action_type: effectiveActionType(tool.name, tool.action_type ?? 'destructive'),
    }))

/** The rail lists panels; a static tree is fetched with the panel itself. */
const withoutTree = (panel: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(panel).filter(([name]) => name !== 'tree'))

/**
 * What the shell may offer of an app's contributions: what would be refused, because the function is gone or its scope is not
 * held, is not offered, and neither is what an administrator sets.
 */
function contributionsFor(
  { version: { manifest } }: UserApp,
  offered: { readonly caller: Principal; readonly functions: MyExtension['functions'] },
): UiContributions {
  const all = uiContributions(manifest.config_defaults)
  const panels = (manifest.panels ?? []).map((panel) => `__panel__${panel.panel_id}`)
  const known = new Set([...offered.functions.map((one) => one.name), ...panels])
  const isOffered = ({ handler }: { readonly handler: string }) => known.has(handler)
  return {
    ...all,
    commands: all.commands.filter(isOffered),
    context_menus: all.context_menus.filter(isOffered),
    settings: all.settings.filter((one) => !one.admin_only || administers(offered.caller, offered.caller.tenantId)),
  }
}

function toMine(
  options: MarketplaceOptions,
  mine: UserApp,
  shown: { caller: Principal & { userId: string }; callable: readonly CatalogFunction[] },
): MyExtension {
  const { app, version, install } = mine
  const { manifest } = version
  const disabled = install?.isDisabled ?? false
  const access = appAccess(app.config, shown.caller)
  const functions = disabled && access ? declaredFunctions(mine) : shown.callable.map(toFunction)
  return {
    app_id: app.appId,
    name: app.name,
    description: manifest.description || app.shortDescription,
    functions,
    is_installed: true,
    is_disabled: disabled,
    display_name: app.name,
    version: version.version,
    category: app.category,
    icon_url: iconUrl(options.publicUrl, app, version),
    system: app.system,
    hidden_in_sidebar: manifest.hidden_in_sidebar ?? false,
    panels: ((manifest.panels ?? []) as JsonObject[]).map(withoutTree),
    tray: (manifest.tray ?? []) as JsonObject[],
    menu: (manifest.menu ?? []) as JsonObject[],
    ui: contributionsFor(mine, { caller: shown.caller, functions }),
    capabilities: manifest.capabilities,
    has_access: access,
    needs_attention: install?.needsAttention ?? false,
    status: app.status,
  }
}

const list = (options: MarketplaceOptions) =>
  implement(contract.list, async ({ user }) => {
    const [apps, functions] = await Promise.all([options.registry.appsOf(user), options.catalog(user)])
    const byApp = Map.groupBy(functions, (fn) => fn.appId)
    return apps
      .map((mine) => toMine(options, mine, { caller: user, callable: byApp.get(mine.app.appId) ?? [] }))
      .sort((a, b) => Number(a.system) - Number(b.system) || a.name.localeCompare(b.name))
  })

const disable = (options: MarketplaceOptions) =>
  implement(contract.disable, async (request) => {
    const { user, body } = request
    const app = await options.registry.app(body.app_id)
    if (!app) throw registryErrors.APP_NOT_FOUND()
    if (app.config.essential === true) throw marketplaceErrors.ESSENTIAL_APP({ appId: app.appId })
    const note = noteOf(options, request, { action: 'install.disabled', appId: body.app_id })
    await options.registry.setDisabled(user, body.app_id, { disabled: true, note })
    return { app_id: body.app_id, disabled: true as const }
  })

const enable = (options: MarketplaceOptions) =>
  implement(contract.enable, async (request) => {
    const { user, params } = request
    const note = noteOf(options, request, { action: 'install.enabled', appId: params.app_id })
    await options.registry.setDisabled(user, params.app_id, { disabled: false, note })
    return { app_id: params.app_id, disabled: false as const }
  })

/** The caller's own apps. */
export const meRoutes = (options: MarketplaceOptions): readonly MountedRoute[] => [
  list(options),
  disable(options),
  enable(options),
]

import { type JsonObject, type MyExtension, meExtensions, type UiContributions } from '@imperal/contract'
import { PANEL_SLOT_STATUS } from '@imperal/contract/panel-slots'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { api } from './api.ts'
import { queryClient } from './query-client.ts'
import { parseRefresh, type RefreshRule } from './refresh-rule.ts'

export type Slot = 'left' | 'center' | 'right'

/** A panel as its app declares it; widths in pixels. */
export interface PanelSpec {
  readonly panelId: string
  readonly slot: Slot
  readonly title: string
  readonly icon: string
  /** Whether it is offered by its name: it has something to show without a parameter. */
  readonly isListed: boolean
  readonly refresh: RefreshRule
  readonly width: number | null
  readonly minWidth: number
  readonly maxWidth: number
}

export interface AppFunction {
  readonly name: string
  readonly description: string
  readonly schema: JsonObject
  readonly actionType: 'read' | 'write' | 'destructive'
}

/** An installed app as the shell uses it. */
export interface App {
  readonly appId: string
  readonly name: string
  readonly description: string
  readonly version: string
  /** Changes with the version and with what the app declares for the panes (ui 5.3). */
  readonly revision: string
  /** Address of the picture, `''` without one. */
  readonly icon: string
  readonly functions: readonly AppFunction[]
  readonly panels: readonly PanelSpec[]
  readonly tray: readonly JsonObject[]
  readonly menu: readonly JsonObject[]
  /** Commands, context menus, widgets, settings and accent (ui 5.11). */
  readonly ui: UiContributions
  readonly inRail: boolean
  /** Belongs to the platform: nobody installs or removes it. */
  readonly isSystem: boolean
  readonly isDisabled: boolean
  readonly hasAccess: boolean
}

/** Like the pages of the top bar, but people install it by themselves, and only a system app may say that it is hidden (K7.16). */
const MARKETPLACE = 'marketplace'

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const size = (value: unknown): number | null => (typeof value === 'number' && value > 0 ? Math.round(value) : null)

/** Reserved slots are declared and not drawn (ui 5.2). */
const isDrawn = (slot: string): boolean =>
  Object.hasOwn(PANEL_SLOT_STATUS, slot) && PANEL_SLOT_STATUS[slot as keyof typeof PANEL_SLOT_STATUS] !== 'reserved'

function toPanel(raw: JsonObject): PanelSpec | null {
  const panelId = text(raw.panel_id)
  const slot = text(raw.slot) || 'center'
  if (panelId === '' || !isDrawn(slot)) return null
  const minWidth = size(raw.min_width) ?? 200
  return {
    panelId,
    slot: slot as Slot,
    title: text(raw.title) || panelId,
    icon: text(raw.icon),
    isListed: raw.listed !== false,
    refresh: parseRefresh(raw.refresh),
    width: size(raw.default_width),
    minWidth,
    maxWidth: Math.max(minWidth, size(raw.max_width) ?? 500),
  }
}

/** Icons of the platform are asked from this page's own address, whatever name the server believes to have. */
export function ownAddress(url: string): string {
  const path = /^https?:\/\/[^/]+(\/v1\/marketplace\/apps\/.+)$/.exec(url)?.[1]
  return path ?? url
}

export function toApp(mine: MyExtension): App {
  return {
    appId: mine.app_id,
    name: mine.display_name || mine.name || mine.app_id,
    description: mine.description,
    version: mine.version,
    revision: `${mine.version}#${JSON.stringify(mine.panels)}`,
    icon: ownAddress(mine.icon_url),
    functions: mine.functions.map((one) => ({
      name: one.name,
      description: one.description,
      schema: one.params_schema,
      actionType: one.action_type,
    })),
    panels: mine.panels.map(toPanel).filter((panel) => panel !== null),
    tray: mine.tray,
    menu: mine.menu,
    ui: mine.ui,
    inRail:
      mine.is_installed &&
      !mine.is_disabled &&
      !mine.hidden_in_sidebar &&
      mine.has_access &&
      mine.app_id !== MARKETPLACE,
    isSystem: mine.system,
    isDisabled: mine.is_disabled,
    hasAccess: mine.has_access,
  }
}

export const appsQuery = queryOptions({
  queryKey: ['me', 'extensions'],
  queryFn: async () => (await api.send(meExtensions.list)).map(toApp),
  staleTime: 60_000,
})

const NONE: readonly App[] = []
/** Installed apps, those that are switched off as well. */
export const useApps = (): readonly App[] => useQuery(appsQuery).data ?? NONE

/** The installed apps outside of components. */
export const currentApps = (): readonly App[] => queryClient.getQueryData(appsQuery.queryKey) ?? NONE
export const findApp = (appId: string): App | undefined => currentApps().find((app) => app.appId === appId)

/** Reads the installed apps again: something was installed, removed, deployed or not found (ui 5.3). */
export const rereadApps = (): Promise<void> => queryClient.invalidateQueries({ queryKey: appsQuery.queryKey })

export const PANEL_PREFIX = '__panel__'
export const SECRETS_PANEL = 'secrets'

/** The panel that a function name means, or null for any other function. */
export const panelOfFunction = (name: string): string | null =>
  name.startsWith(PANEL_PREFIX) ? name.slice(PANEL_PREFIX.length) : null
export const findPanel = (app: App, panelId: string): PanelSpec | undefined =>
  app.panels.find((panel) => panel.panelId === panelId)

/** Where the settings of an app stand: one whose panel has that address keeps it, and its settings stand behind it (ui 5.11). */
export const settingsPath = (app: {
  readonly appId: string
  readonly panels: readonly { readonly panelId: string }[]
}): string =>
  app.panels.some((panel) => panel.panelId === 'settings')
    ? `/ext/${app.appId}/-/settings`
    : `/ext/${app.appId}/settings`

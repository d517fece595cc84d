import { isObject, type JsonObject, type JsonValue } from '../values/json.ts'
import { requireOneOf } from './checks.ts'
import type { PanelSlot } from './declarations.ts'

/** Records of `configDefaults.ui` that a host may show (sdk.md 2.17). */
export interface UiPanelRecord {
  id: string
  title: string
  icon?: string
  slot?: PanelSlot
  component?: string
  default_position?: number
  movable?: boolean
  resizable?: boolean
  min_width?: number
  max_width?: number
  permissions?: string[]
  context_trigger?: string
  badge?: JsonValue
}

export interface UiWidgetRecord {
  id: string
  slot: string
  component?: string
  size?: 'xs' | 'sm' | 'md' | 'lg'
  label?: string
  icon?: string
  permissions?: string[]
}

export interface UiCommand {
  id: string
  title: string
  icon?: string
  shortcut?: string
  category?: string
  /** A function of the extension, or `__panel__<id>`. */
  handler: string
  when?: string
}

export type UiContextMenuSlot = (typeof CONTEXT_MENU_SLOTS)[number]
export interface UiContextMenu {
  slot: UiContextMenuSlot
  label: string
  icon?: string
  handler: string
  separator_before?: boolean
  when?: string
  group?: string
}

export interface UiChoice {
  value: string
  label: string
}

export type UiSettingType = (typeof SETTING_TYPES)[number]
export interface UiSetting {
  id: string
  type: UiSettingType
  label: string
  description?: string
  default?: JsonValue
  required?: boolean
  min?: number
  max?: number
  /** Of a `select`: what can be chosen. */
  options?: readonly UiChoice[]
  placeholder?: string
  group?: string
  admin_only?: boolean
}

export interface UiTheme {
  accent_color?: string
  dark_mode?: boolean
  custom_css?: string
  chat_bubble_style?: 'default' | 'minimal' | 'card'
  icon_style?: 'outline' | 'solid' | 'duotone'
  border_radius?: 'none' | 'sm' | 'md' | 'lg' | 'full'
}

/** What an extension adds to the shell beside panels, widgets, tray and menu (sdk.md 2.17). */
export interface UiRecords {
  commands?: readonly UiCommand[]
  context_menus?: readonly UiContextMenu[]
  settings?: readonly UiSetting[]
  theme?: UiTheme
}

/** Literals of the contract; a test holds both equal, since importing it would load all of Zod. */
export const CONTEXT_MENU_SLOTS = ['chat.message', 'email.message', 'file.item', 'table.row'] as const
export const SETTING_TYPES = ['string', 'number', 'boolean', 'secret', 'select', 'list', 'color', 'json'] as const

/** @throws DeclarationError for a slot or a type that no host knows */
export function checkUiContributions({ ui }: JsonObject): void {
  if (!isObject(ui)) return
  for (const menu of records(ui.context_menus)) requireOneOf('Context menu slot', menu.slot, CONTEXT_MENU_SLOTS)
  for (const setting of records(ui.settings)) requireOneOf('Setting type', setting.type, SETTING_TYPES)
}

function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

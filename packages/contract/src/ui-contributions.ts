import * as z from 'zod'
import { type JsonObject, JsonValue } from './json.ts'

/** Places of a widget (ui 5.11); the host draws those of the dashboard and keeps the others. */
export const WIDGET_SLOTS = ['dashboard.stats', 'chat.message-actions', 'email.toolbar'] as const
export const CONTEXT_MENU_SLOTS = ['chat.message', 'email.message', 'file.item', 'table.row'] as const
export const SETTING_TYPES = ['string', 'number', 'boolean', 'secret', 'select', 'list', 'color', 'json'] as const

const Id = z.string().min(1).max(64)
const Text = z.string().max(2_000).catch('')
const Words = z.string().min(1).max(200)
const Name = z.string().max(200).catch('')

export const UiWidgetWire = z.object({ id: Id, slot: z.string().min(1).max(64), label: Name, icon: Name })
export const UiCommandWire = z.object({
  id: Id,
  title: Words,
  icon: Name,
  /** Keys such as `Ctrl+Shift+L`; `Mod` is Ctrl, and Command on a Mac. */
  shortcut: Name,
  category: Name,
  /** A function of the app, or `__panel__<id>`. */
  handler: Words,
  /** Terms joined by `&&`, each of them perhaps with `!`; empty is always. */
  when: Name,
})
export const UiContextMenuWire = z.object({
  slot: z.enum(CONTEXT_MENU_SLOTS),
  label: Words,
  icon: Name,
  handler: Words,
  separator_before: z.boolean().catch(false),
  when: Name,
  group: Name,
})
const Choice = z.object({ value: z.string().max(200), label: Name })
export const UiSettingWire = z.object({
  id: Id.regex(/^(?!__proto__$)[A-Za-z0-9_-]+$/),
  type: z.enum(SETTING_TYPES),
  label: Words,
  description: Text,
  default: JsonValue.optional(),
  required: z.boolean().catch(false),
  min: z.number().optional().catch(undefined),
  max: z.number().optional().catch(undefined),
  options: z.array(Choice).max(200).catch([]),
  placeholder: Name,
  group: Name,
  /** Set by administrators for everybody of their organisation. */
  admin_only: z.boolean().catch(false),
})
export type UiWidgetWire = z.infer<typeof UiWidgetWire>
export type UiCommandWire = z.infer<typeof UiCommandWire>
export type UiContextMenuWire = z.infer<typeof UiContextMenuWire>
export type UiSettingWire = z.infer<typeof UiSettingWire>

const Theme = z.object({
  accent_color: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/)
    .catch(''),
})

/** What an app adds to the shell beside panels, tray and menu (ui 5.11). */
export const UiContributions = z.object({
  widgets: z.array(UiWidgetWire),
  commands: z.array(UiCommandWire),
  context_menus: z.array(UiContextMenuWire),
  settings: z.array(UiSettingWire),
  /** The accent that tints the app's own icon and heads, `''` for none. */
  theme: Theme,
})
export type UiContributions = z.infer<typeof UiContributions>

/** So many of each kind are taken from one app. */
const MOST = 100

/** Records that a host understands; others, which an author of another SDK may have written, are passed over. */
function records<T>(schema: z.ZodType<T>, value: unknown, keyOf: (record: T) => string): T[] {
  const read = (Array.isArray(value) ? value : []).slice(0, MOST).flatMap((one) => {
    const { success, data } = schema.safeParse(one)
    return success ? [data] : []
  })
  const seen = new Set<string>()
  return read.filter((record) => !seen.has(keyOf(record)) && seen.add(keyOf(record)))
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Contributions in a manifest's `config_defaults.ui` (sdk 2.17). Never throws. */
export function uiContributions(configDefaults: JsonObject | undefined): UiContributions {
  const ui = isObject(configDefaults?.ui) ? configDefaults.ui : {}
  return {
    widgets: records(UiWidgetWire, ui.widgets, (one) => one.id),
    commands: records(UiCommandWire, ui.commands, (one) => one.id),
    context_menus: records(UiContextMenuWire, ui.context_menus, (one) => `${one.slot} ${one.handler} ${one.label}`),
    settings: records(UiSettingWire, ui.settings, (one) => one.id),
    theme: Theme.parse(isObject(ui.theme) ? ui.theme : { accent_color: '' }),
  }
}

/** Says why a value cannot be that of a setting; null when it can. */
export function settingProblem(setting: UiSettingWire, value: JsonValue): string | null {
  const { type, min, max, options } = setting
  switch (type) {
    case 'secret':
      return 'It is kept as a secret of the app.'
    case 'boolean':
      return typeof value === 'boolean' ? null : 'It is true or false.'
    case 'number':
      if (typeof value !== 'number' || !Number.isFinite(value)) return 'It is a number.'
      if (min !== undefined && value < min) return `The smallest is ${min}.`
      return max !== undefined && value > max ? `The largest is ${max}.` : null
    case 'select':
      return options.some((option) => option.value === value) ? null : 'It is one of the choices.'
    case 'list':
      return Array.isArray(value) && value.every((one) => typeof one === 'string') ? null : 'It is a list of texts.'
    case 'color':
      return typeof value === 'string' && /^#[0-9a-fA-F]{6}$/.test(value) ? null : 'It is a colour such as #1a2b3c.'
    case 'json':
      return null
    case 'string':
      if (typeof value !== 'string') return 'It is a text.'
      return setting.required && value.trim() === '' ? 'It is needed.' : null
  }
}

import { z } from 'zod'
import { AppId } from '../identifiers.ts'
import { JsonObject, JsonValue } from '../json.ts'
import { defineRoute } from '../route.ts'
import { UiContributions, UiSettingWire } from '../ui-contributions.ts'

/** An app as its user meets it (api.md 3.9). `functions` are those that this user may call. */
export const MyExtension = z.object({
  app_id: z.string(),
  name: z.string(),
  description: z.string(),
  functions: z.array(
    z.object({
      name: z.string(),
      description: z.string(),
      params_schema: JsonObject,
      action_type: z.enum(['read', 'write', 'destructive']),
    }),
  ),
  is_installed: z.boolean(),
  is_disabled: z.boolean(),
  display_name: z.string(),
  version: z.string(),
  category: z.string(),
  icon_url: z.string(),
  system: z.boolean(),
  hidden_in_sidebar: z.boolean(),
  panels: z.array(JsonObject),
  tray: z.array(JsonObject),
  menu: z.array(JsonObject),
  /** Commands, context menus and widgets whose function the caller may run, and settings that the caller may change (ui.md 5.11). */
  ui: UiContributions,
  capabilities: z.array(z.string()),
  has_access: z.boolean(),
  /** A lifecycle hook failed four times; its developer has to look. */
  needs_attention: z.boolean(),
  /** State of the app: the owner also sees drafts, and installs of suspended apps stay visible. */
  status: z.string(),
})
export type MyExtension = z.infer<typeof MyExtension>

/** Settings that an app declares, and what they are for the caller. */
export const AppSettings = z.object({
  app_id: z.string(),
  settings: z.array(UiSettingWire),
  /** By the id of a setting: what `ctx.config` holds. A setting without a value is absent. */
  values: JsonObject,
  /** Ids that the organisation has fixed. */
  fixed: z.array(z.string()),
})
export type AppSettings = z.infer<typeof AppSettings>

const tag = 'me'

/** Installed apps of the caller. */
export const meExtensions = {
  list: defineRoute({
    id: 'me.extensions',
    method: 'GET',
    path: '/v1/me/extensions',
    auth: 'user',
    tag,
    summary: 'Installed and system apps of the caller with the functions that they may call',
    response: z.array(MyExtension),
  }),
  disable: defineRoute({
    id: 'me.disable_extension',
    method: 'POST',
    path: '/v1/me/extensions/disable',
    auth: 'user',
    tag,
    summary: 'Switch an installed app off',
    body: z.object({ app_id: AppId }),
    response: z.object({ app_id: z.string(), disabled: z.literal(true) }),
    errors: ['REGISTRY_APP_NOT_FOUND', 'MARKETPLACE_ESSENTIAL_APP'],
  }),
  enable: defineRoute({
    id: 'me.enable_extension',
    method: 'DELETE',
    path: '/v1/me/extensions/disable/{app_id}',
    auth: 'user',
    tag,
    summary: 'Switch an installed app on again',
    params: z.object({ app_id: AppId }),
    response: z.object({ app_id: z.string(), disabled: z.literal(false) }),
    errors: ['REGISTRY_APP_NOT_FOUND'],
  }),
  settings: defineRoute({
    id: 'me.extension_settings',
    method: 'GET',
    path: '/v1/me/extensions/{app_id}/settings',
    auth: 'user',
    surface: 'client',
    tag,
    summary: 'Settings that an app declares, with their values for the caller',
    params: z.object({ app_id: AppId }),
    response: AppSettings,
    errors: ['KERNEL_APP_NOT_FOUND'],
  }),
  changeSettings: defineRoute({
    id: 'me.change_extension_settings',
    method: 'PUT',
    path: '/v1/me/extensions/{app_id}/settings',
    auth: 'user',
    surface: 'client',
    tag,
    summary: 'Change settings of an app: what is named changes, `null` goes back to the default',
    params: z.object({ app_id: AppId }),
    body: z.object({ values: z.record(z.string().max(64), JsonValue) }),
    response: AppSettings,
    errors: ['KERNEL_APP_NOT_FOUND', 'KERNEL_SETTING_REFUSED', 'KERNEL_CONFIG_TOO_LARGE', 'KERNEL_CONFIG_HOLDS_SECRET'],
  }),
}

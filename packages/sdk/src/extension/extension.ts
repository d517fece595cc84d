import { EXTENSION_PORT, type ExtensionPort } from '@imperal/contract/guest-port'
import * as z from 'zod'
import type { CacheModel } from '../clients/cache.ts'
import type { SecretRef } from '../clients/secrets.ts'
import type { PanelContext, SkeletonContext, ToolContext, WebhookContext } from '../context/types.ts'
import { DeclarationError } from '../errors.ts'
import { createExtensionPort } from '../port/create-port.ts'
import type { PanelRef } from '../ui/types.ts'
import type { ActionResult } from '../values/action-result.ts'
import { freeze, isObject, type JsonObject, type JsonValue } from '../values/json.ts'
import type { UIOutput } from '../values/ui-output.ts'
import { type WebhookAnswer, type WebhookRequest, webhookRequestFromWire } from '../values/webhook.ts'
import { extraPanelOptions, wrapPanel, wrapUi } from './answers.ts'
import {
  isSchema,
  MENU_SECTIONS,
  requireHandler,
  requireNew,
  requireObjectSchema,
  requireOneOf,
  requireSection,
  requireSlot,
  requireTarget,
  secretSpec,
  TRAY_ZONES,
} from './checks.ts'
import type {
  CallParams,
  ExtensionOptions,
  HttpMethod,
  MaybePromise,
  PanelOptions,
  SecretOptions,
  ToolDefinition,
  TrayZone,
} from './declarations.ts'
import { parseParams } from './params.ts'
import { Registry } from './registry.ts'
import { renderSecretsPanel, SECRETS_PANEL, SECRETS_PANEL_ID } from './secrets-panel.ts'

// Extension hosts forbid `new Function`, with which Zod would otherwise compile its parsers.
z.config({ jitless: true })

const DEFAULT_SKELETON_TTL = 300

/** One app: everything it offers is registered here while its module loads (sdk.md 1 and 2). */
export class Extension<const Id extends string = string> extends Registry<Id> {
  #ownSecretsPanel = false

  constructor(appId: Id, options: ExtensionOptions = {}) {
    super(appId, options)
    this.#registerPanel(SECRETS_PANEL_ID, SECRETS_PANEL, (ctx) =>
      renderSecretsPanel(
        ctx,
        [...this.secretSpecs.values()],
        [...this.webhooks.values()].map(({ path }) => path),
      ),
    )
  }

  /** How a host drives this extension. */
  get [EXTENSION_PORT](): ExtensionPort {
    return createExtensionPort(this)
  }

  /** A plain callable for automations, chains and other parts of the platform; chat does not choose it. */
  tool<P extends z.ZodObject>(
    name: string,
    options: { description: string; scopes?: readonly string[]; params: P },
    handler: (ctx: ToolContext, params: z.output<P>) => MaybePromise<unknown>,
  ): void
  tool(
    name: string,
    options: { description: string; scopes?: readonly string[] },
    handler: (ctx: ToolContext, params: CallParams) => MaybePromise<unknown>,
  ): void
  tool(
    name: string,
    options: { description: string; scopes?: readonly string[]; params?: z.ZodObject },
    handler: (ctx: ToolContext, params: never) => MaybePromise<unknown>,
  ): void {
    requireHandler(`Tool '${name}'`, handler)
    const { description, scopes = [], params } = options
    if (params !== undefined) requireObjectSchema(`params of tool '${name}'`, params)
    this.#addTool('tool', name, {
      description,
      scopes,
      params,
      handler: (ctx, raw) => handler(ctx as ToolContext, parseParams(params, raw) as never), // parsed by that schema
    })
  }

  /** A live data probe; `ttl` in seconds, 300 unless told. @throws DeclarationError */
  skeleton(
    section: string,
    options: { ttl?: number; alert?: boolean; description?: string },
    handler: (ctx: SkeletonContext) => MaybePromise<{ response: JsonObject } | ActionResult<JsonObject>>,
  ): void {
    requireSection(section)
    requireNew(this.skeletons, 'Skeleton', section, handler)
    this.#addTool('skeleton', `skeleton_refresh_${section}`, {
      description: options.description || `Skeleton refresh: ${section}`,
      handler: (ctx) => handler(ctx as SkeletonContext),
    })
    this.skeletons.set(section, { section, alert: options.alert ?? false, ttl: options.ttl || DEFAULT_SKELETON_TTL })
  }

  /** Runs after a refresh that changed the section; a truthy answer is the notification. @throws DeclarationError */
  skeletonAlert(
    section: string,
    handler: (
      ctx: SkeletonContext,
      change: { previous: JsonObject | null; current: JsonObject },
    ) => MaybePromise<unknown>,
  ): void {
    requireSection(section)
    requireHandler(`Skeleton alert '${section}'`, handler)
    this.#addTool('skeleton_alert', `skeleton_alert_${section}`, {
      description: `Skeleton alert: ${section}`,
      handler: (ctx, change) => handler(ctx as SkeletonContext, changeFromWire(change)),
    })
  }

  /** A shape of `ctx.cache`. @throws TypeError when it is no Zod schema, DeclarationError when the name is taken */
  cacheModel<S extends z.ZodType>(name: string, schema: S): CacheModel<S> {
    if (!isSchema(schema)) throw new TypeError(`Cache model '${name}' needs a Zod schema`)
    requireNew(this.cacheModels, 'Cache model', name)
    const model = freeze({ name, schema }) as CacheModel<S> // the brand exists for the compiler only
    this.cacheModels.set(name, model)
    return model
  }

  /** A panel: the handler answers a UI node; what comes back is a target for `ui.Call`. @throws DeclarationError for an unknown slot */
  panel<P extends z.ZodObject>(
    panelId: string,
    options: PanelOptions & { params: P },
    handler: (ctx: PanelContext, params: z.output<P>) => MaybePromise<UIOutput>,
  ): PanelRef<z.input<P>>
  panel(
    panelId: string,
    options: PanelOptions,
    handler: (ctx: PanelContext, params: CallParams) => MaybePromise<UIOutput>,
  ): PanelRef
  panel(
    panelId: string,
    options: PanelOptions & { params?: z.ZodObject },
    handler: (ctx: PanelContext, params: never) => MaybePromise<UIOutput>,
  ): PanelRef {
    if (panelId === SECRETS_PANEL_ID && !this.#ownSecretsPanel) {
      this.tools.delete(`__panel__${panelId}`)
      this.panels.delete(panelId)
      this.#ownSecretsPanel = true
    }
    this.#registerPanel(panelId, options, handler)
    return freeze({ panelId })
  }

  #registerPanel(
    panelId: string,
    options: PanelOptions & { params?: z.ZodObject },
    handler: (ctx: PanelContext, params: never) => MaybePromise<UIOutput>,
  ): void {
    const { slot = 'center', title = '', icon = '', refresh = 'manual', centerOverlay = false, params } = options
    requireSlot(slot)
    if (params !== undefined) requireObjectSchema(`params of panel '${panelId}'`, params)
    requireNew(this.panels, 'Panel', panelId, handler)
    this.#addTool('panel', `__panel__${panelId}`, {
      description: `Panel: ${title || panelId}`,
      params,
      handler: async (ctx, raw) =>
        wrapPanel(ctx, panelId, await handler(ctx as PanelContext, parseParams(params, raw) as never)), // parsed
    })
    const { defaultWidth, minWidth, maxWidth, tree } = options
    const extra = extraPanelOptions(options)
    this.panels.set(panelId, {
      slot,
      title,
      icon,
      refresh,
      centerOverlay,
      defaultWidth,
      minWidth,
      maxWidth,
      tree,
      extra,
    })
  }

  /** UI for an injection point: those of `dashboard.stats` stand on the start page of the assistant (ui 5.11). */
  widget(
    widgetId: string,
    options: { slot?: string; label?: string; icon?: string },
    handler: (ctx: PanelContext, params: CallParams) => MaybePromise<UIOutput>,
  ): void {
    requireNew(this.widgets, 'Widget', widgetId, handler)
    this.#addSurface('widget', widgetId, options.label || widgetId, handler, { widget_id: widgetId })
    this.widgets.set(widgetId, { id: widgetId, slot: 'dashboard.stats', label: '', icon: '', ...options })
  }

  /** An item of the system tray. @throws DeclarationError for an unknown zone */
  tray(
    trayId: string,
    options: { icon?: string; tooltip?: string; zone?: TrayZone; order?: number },
    handler: (ctx: PanelContext, params: CallParams) => MaybePromise<UIOutput>,
  ): void {
    const { icon = 'Circle', tooltip = '', zone = 'status', order = 100 } = options
    requireOneOf('Tray zone', zone, TRAY_ZONES)
    requireNew(this.trayItems, 'Tray item', trayId, handler)
    this.#addSurface('tray', trayId, tooltip || trayId, handler, { tray_id: trayId, icon, zone })
    this.trayItems.set(trayId, { trayId, icon, tooltip, zone, order })
  }

  /** An entry of the user menu: a path to go to, or a handler to call. @throws DeclarationError for another section */
  menuItem(
    itemId: string,
    options: {
      label?: string
      icon?: string
      section?: 'main' | 'admin'
      order?: number
      danger?: boolean
    } & (
      | { path: string; handler?: never }
      | { path?: never; handler: (ctx: PanelContext, params: CallParams) => MaybePromise<UIOutput> }
    ),
  ): void {
    const { label = itemId, icon = '', section = 'main', path = '', order = 100, danger = false, handler } = options
    requireOneOf('Menu section', section, MENU_SECTIONS)
    requireNew(this.menuItems, 'Menu item', itemId)
    requireTarget(itemId, path, handler)
    if (handler !== undefined) this.#addSurface('menu', itemId, label, handler, { item_id: itemId })
    this.menuItems.set(itemId, { itemId, label, icon, section, path, order, danger })
  }

  /**
   * A public HTTP address. `secretHeader` only says where a signature comes; the handler verifies it. `deliveryHeader` names
   * the sender's id of a delivery: one that you answered with success is not handed to you again for a day.
   */
  webhook(
    path: string,
    options: { method?: HttpMethod; secretHeader?: string; deliveryHeader?: string },
    handler: (ctx: WebhookContext, request: WebhookRequest) => MaybePromise<WebhookAnswer>,
  ): void {
    const bare = path.replace(/^\/+|\/+$/g, '')
    requireNew(this.webhooks, 'Webhook', bare, handler)
    this.#addTool('webhook', `__webhook__${bare}`, {
      description: `Webhook: ${bare}`,
      handler: (ctx, raw) => handler(ctx as WebhookContext, webhookRequestFromWire(raw)),
    })
    const { method = 'POST', secretHeader = '', deliveryHeader } = options
    this.webhooks.set(bare, { path: `/${bare}`, method, secretHeader, deliveryHeader })
  }

  /** A method for `ctx.extensions.call` of other apps; `ctx` has the caller's user, tenant and scopes. */
  expose<P extends z.ZodObject>(
    name: string,
    options: { actionType?: 'read' | 'write'; params: P },
    handler: (ctx: ToolContext, params: z.output<P>) => MaybePromise<unknown>,
  ): void {
    requireNew(this.exposed, 'Exposed method', name, handler)
    requireObjectSchema(`params of exposed method '${name}'`, options.params)
    this.exposed.set(name, {
      name,
      actionType: options.actionType ?? 'read',
      handler: (ctx, raw) => handler(ctx as ToolContext, parseParams(options.params, raw) as z.output<P>), // parsed
    })
  }

  /** Declares a credential. @throws DeclarationError, SecretDeclarationConflict */
  secret<const N extends string>(options: SecretOptions & { name: N }): SecretRef<N> {
    if (this.impliedSecrets.delete(options.name)) this.secretSpecs.delete(options.name)
    this.secretSpecs.set(options.name, secretSpec(options, this.secretSpecs))
    return freeze({ secretName: options.name })
  }

  /** Something whose node is drawn where it belongs, with the ids that say so. */
  #addSurface(
    kind: 'widget' | 'tray' | 'menu',
    id: string,
    title: string,
    handler: (ctx: PanelContext, params: CallParams) => MaybePromise<UIOutput>,
    ids: JsonObject,
  ): void {
    this.#addTool(kind, `__${kind}__${id}`, {
      description: `${kind[0]?.toUpperCase()}${kind.slice(1)}: ${title}`,
      handler: async (ctx, raw) => wrapUi(await handler(ctx as PanelContext, callParams(raw)), ids),
    })
  }

  #addTool(
    kind: ToolDefinition['kind'],
    name: string,
    tool: Pick<ToolDefinition, 'description' | 'handler'> & {
      scopes?: readonly string[]
      params?: z.ZodObject | undefined
    },
  ): void {
    requireNew(this.tools, 'Tool', name)
    if (this.functions.has(name)) throw new DeclarationError(`Tool '${name}' has the name of a chat function`)
    this.tools.set(name, { kind, name, scopes: [], params: undefined, ...tool })
  }
}

function callParams(raw: JsonValue): CallParams {
  return isObject(raw) ? (raw as JsonObject) : {}
}

function changeFromWire(wire: JsonValue): { previous: JsonObject | null; current: JsonObject } {
  const change = isObject(wire) ? wire : {}
  return {
    previous: isObject(change.previous) ? (change.previous as JsonObject) : null,
    current: isObject(change.current) ? (change.current as JsonObject) : {},
  }
}

import {
  type AppSettings,
  changeConfig,
  meExtensions as contract,
  credentialIn,
  type JsonObject,
  settingProblem,
  type UiSettingWire,
  uiContributions,
} from '@imperal/contract'
import { administers, implement, type MountedRoute, type Principal } from '../../../foundation/http/index.ts'
import type { ConfigLayer, ConfigPlace } from '../../configuration/index.ts'
import { mergeAround } from '../context/resolve-config.ts'
import type { AppInUse } from '../corridor/stages.ts'
import { kernelErrors } from '../errors.ts'
import { platformEvent } from '../ledger/messages.ts'
import type { KernelParts } from '../parts.ts'

type User = Principal & { readonly userId: string }
const MAX_BYTES = 64 * 1024

interface Declared {
  readonly use: AppInUse
  readonly settings: readonly UiSettingWire[]
}

/** Settings of an app that the caller may change. @throws KERNEL_APP_NOT_FOUND */
async function declared(parts: KernelParts, user: User, appId: string): Promise<Declared> {
  const use = await parts.registry.resolve(user, appId)
  if (use === null || (use.install === null && !use.app.system)) throw kernelErrors.APP_NOT_FOUND({ appId })
  const mayAll = administers(user, user.tenantId)
  const all = uiContributions(use.version.manifest.config_defaults).settings
  return { use, settings: all.filter((setting) => mayAll || !setting.admin_only) }
}

async function answer(parts: KernelParts, user: User, { use, settings }: Declared): Promise<AppSettings> {
  const appId = use.app.appId
  const [actor, tenant] = await Promise.all([
    parts.identity.actor(user.tenantId, user.userId),
    parts.configuration.read({ scope: 'tenant', tenantId: user.tenantId, appId }),
  ])
  const reader = { tenantId: user.tenantId, user: { userId: user.userId, role: actor?.role ?? 'user' }, appId }
  const config = mergeAround(use, await parts.configuration.around(reader))
  const kept = settings.filter(({ id, type }) => type !== 'secret' && config[id] !== undefined)
  return {
    app_id: appId,
    settings: [...settings],
    values: Object.fromEntries(kept.map(({ id }) => [id, config[id] ?? null])),
    fixed: settings.map(({ id }) => id).filter((id) => Object.hasOwn(tenant.enforced, id)),
  }
}

/** @throws KERNEL_SETTING_REFUSED, KERNEL_CONFIG_HOLDS_SECRET */
function refuse(settings: readonly UiSettingWire[], fixed: readonly string[], values: JsonObject): void {
  const refused = (setting: string, reason: string) => kernelErrors.SETTING_REFUSED({ setting, reason })
  for (const [id, value] of Object.entries(values)) {
    const setting = settings.find((one) => one.id === id)
    if (setting === undefined) throw refused(id, 'The app has no such setting for you.')
    if (fixed.includes(id)) throw refused(setting.label, 'Your organisation has fixed it.')
    const problem = value === null ? null : settingProblem(setting, value)
    if (problem !== null) throw refused(setting.label, problem)
  }
  const path = credentialIn(values, ['values'])
  if (path !== null) throw kernelErrors.CONFIG_HOLDS_SECRET({ path })
}

/** What a setting holds is one value, an object included: it replaces what was there. */
function changed(before: ConfigLayer, values: JsonObject): ConfigLayer {
  const without = changeConfig(before.config, Object.fromEntries(Object.keys(values).map((id) => [id, null])))
  const after = { ...before, config: changeConfig(without, values) }
  if (Buffer.byteLength(JSON.stringify(after)) > MAX_BYTES) throw kernelErrors.CONFIG_TOO_LARGE({ limit: MAX_BYTES })
  return after
}

async function write(parts: KernelParts, user: User, place: ConfigPlace & { appId: string }, values: JsonObject) {
  if (Object.keys(values).length === 0) return
  const { db, configuration, outbox, audit, clock } = parts
  const { tenantId, userId } = user
  const facts = { scope: place.scope, scope_id: place.scope === 'user' ? userId : tenantId, app_id: place.appId }
  await db.tenant(tenantId, async (tx) => {
    await outbox.publish(tx, platformEvent('config.changed', facts, { tenantId, userId, timestamp: clock.iso() }))
    await configuration.change(tx, place, (before) => changed(before, values), { by: userId, now: clock.iso() })
    await audit.append(tx, {
      tenantId,
      actorId: userId,
      actorType: 'user',
      action: 'config.updated',
      targetType: 'config',
      targetId: `${facts.scope}:${facts.scope_id}`,
      // Which settings changed, never what they hold.
      metadata: { ...facts, members: Object.keys(values).slice(0, 100) },
      source: 'kernel',
    })
  })
  configuration.forget(place)
}

/** Settings of an app for the person who uses it (ui 5.11); those for administrators lie with the organisation. */
export function settingRoutes(parts: KernelParts): MountedRoute[] {
  return [
    implement(contract.settings, async ({ user, params }) =>
      answer(parts, user, await declared(parts, user, params.app_id)),
    ),
    implement(contract.changeSettings, async ({ user, params, body }) => {
      const mine = await declared(parts, user, params.app_id)
      const { fixed } = await answer(parts, user, mine)
      refuse(mine.settings, fixed, body.values)
      const forAll = new Set(mine.settings.filter((one) => one.admin_only).map((one) => one.id))
      const part = (isForAll: boolean) =>
        Object.fromEntries(Object.entries(body.values).filter(([id]) => forAll.has(id) === isForAll))
      const place = { tenantId: user.tenantId, appId: mine.use.app.appId }
      await write(parts, user, { scope: 'tenant', ...place }, part(true))
      await write(parts, user, { scope: 'user', userId: user.userId, ...place }, part(false))
      return answer(parts, user, mine)
    }),
  ]
}

import {
  type ConfigResponse,
  type ConfigScope,
  changeConfig,
  config as contract,
  credentialIn,
  DEFAULT_TENANT,
  type JsonObject,
  type RouteBody,
  SYSTEM_USER,
} from '@imperal/contract'
import { EVERY_TENANT } from '../../../foundation/db/index.ts'
import {
  administers,
  httpErrors,
  implement,
  type MountedRoute,
  type Principal,
  requireInstallation,
} from '../../../foundation/http/index.ts'
import type { ConfigLayer, ConfigPlace } from '../../configuration/index.ts'
import { mergeAround } from '../context/resolve-config.ts'
import { kernelErrors } from '../errors.ts'
import { platformEvent } from '../ledger/messages.ts'
import type { KernelParts } from '../parts.ts'

const MAX_BYTES = 64 * 1024
const PARTS = ['config', 'enforced', 'role_defaults'] as const

/** The app's own layer lies with the app, in the registry. */
type Place = ConfigPlace | { readonly scope: 'app'; readonly appId: string }
type Update = RouteBody<typeof contract.update>
interface Asked {
  readonly params: { readonly scope: ConfigScope; readonly scope_id: string }
  readonly query: { readonly tenant_id?: string | undefined; readonly app_id?: string | undefined }
}

async function tenantOf(parts: KernelParts, userId: string, tenantId: string | undefined): Promise<string> {
  const user = await parts.identity.findUser(userId)
  if (user === null) throw kernelErrors.USER_NOT_FOUND()
  if (tenantId !== undefined && tenantId !== user.tenantId) throw kernelErrors.NOT_YOURS({ field: 'tenant_id' })
  return user.tenantId
}

async function knownTenant(parts: KernelParts, tenantId: string): Promise<string> {
  if ((await parts.identity.tenant(tenantId)) === null) throw kernelErrors.TENANT_NOT_FOUND()
  return tenantId
}

async function knownApp(parts: KernelParts, appId: string): Promise<string> {
  if ((await parts.registry.app(appId)) === null) throw kernelErrors.NO_SUCH_APP()
  return appId
}

async function placeOf(parts: KernelParts, { params: { scope, scope_id }, query }: Asked): Promise<Place> {
  if (scope === 'app') return { scope, appId: await knownApp(parts, scope_id) }
  const appId = query.app_id === undefined ? null : await knownApp(parts, query.app_id)
  if (scope === 'platform') return { scope, appId }
  if (scope === 'tenant') return { scope, appId, tenantId: await knownTenant(parts, scope_id) }
  return { scope, appId, userId: scope_id, tenantId: await tenantOf(parts, scope_id, query.tenant_id) }
}

/** @throws HTTP_FORBIDDEN */
function requireTenant(principal: Principal | null, tenantId: string): void {
  if (!administers(principal, tenantId))
    throw httpErrors.FORBIDDEN({ reason: 'This needs an administrator of the tenant.' })
}

/**
 * A service that names a user is that user: layers of everybody take an administrator of them, that of a person
 * the person. Asked before anything is looked up, so that nobody learns what there is.
 * @throws HTTP_FORBIDDEN, KERNEL_NOT_YOURS
 */
function admit(principal: Principal | null, { params: { scope, scope_id } }: Asked): void {
  if (scope === 'tenant') requireTenant(principal, scope_id)
  else if (scope !== 'user') requireInstallation(principal)
  else requireOwn(principal, scope_id, 'scope_id')
}

/** @throws KERNEL_NOT_YOURS */
function requireOwn(principal: Principal | null, userId: string | null | undefined, field: string): void {
  if (principal?.userId != null && userId != null && userId !== principal.userId)
    throw kernelErrors.NOT_YOURS({ field })
}

const toWire = (place: Place, { scope_id }: Asked['params'], layer: ConfigLayer): ConfigResponse => ({
  scope: place.scope,
  scope_id,
  tenant_id: 'tenantId' in place ? place.tenantId : null,
  app_id: place.appId,
  config: layer.config,
  enforced: layer.enforced,
  role_defaults: layer.roleDefaults,
})

const onlyConfig = (config: JsonObject): ConfigLayer => ({ config, enforced: {}, roleDefaults: {} })

/** @throws KERNEL_NO_SUCH_APP when it was deleted a moment ago */
async function read(parts: KernelParts, place: Place): Promise<ConfigLayer> {
  if (place.scope !== 'app') return parts.configuration.read(place)
  const app = await parts.registry.app(place.appId)
  if (app === null) throw kernelErrors.NO_SUCH_APP()
  return onlyConfig(app.config)
}

function changed(before: ConfigLayer, update: Update): ConfigLayer {
  const after = {
    config: changeConfig(before.config, update.config ?? {}),
    enforced: changeConfig(before.enforced, update.enforced ?? {}),
    roleDefaults: changeConfig(before.roleDefaults, update.role_defaults ?? {}),
  }
  if (Buffer.byteLength(JSON.stringify(after)) > MAX_BYTES) throw kernelErrors.CONFIG_TOO_LARGE({ limit: MAX_BYTES })
  return after
}

function refuse(place: Place, update: Update): void {
  for (const member of ['enforced', 'role_defaults'] as const)
    if (place.scope !== 'tenant' && Object.keys(update[member] ?? {}).length > 0)
      throw kernelErrors.CONFIG_OF_TENANTS_ONLY({ member })
  for (const part of PARTS) {
    const path = credentialIn(update[part] ?? {}, [part])
    if (path !== null) throw kernelErrors.CONFIG_HOLDS_SECRET({ path })
  }
}

const tenantOfPlace = (place: Place): string => ('tenantId' in place ? place.tenantId : DEFAULT_TENANT)

async function write(
  parts: KernelParts,
  place: Place,
  { scope_id }: Asked['params'],
  { update, acting }: { readonly update: Update; readonly acting: string | null },
): Promise<ConfigLayer> {
  const { db, registry, configuration, outbox, audit, clock } = parts
  const facts = { scope: place.scope, scope_id, app_id: place.appId }
  const by = acting ?? update.updated_by ?? 'service'
  // Which members changed, never what they hold.
  const members = PARTS.flatMap((part) => Object.keys(update[part] ?? {}).map((key) => `${part}.${key}`))
  const layer = await db.tenant('tenantId' in place ? place.tenantId : EVERY_TENANT, async (tx) => {
    const userId = place.scope === 'user' ? place.userId : SYSTEM_USER
    const whose = { tenantId: tenantOfPlace(place), userId, timestamp: clock.iso() }
    await outbox.publish(tx, platformEvent('config.changed', facts, whose))
    await audit.append(tx, {
      tenantId: tenantOfPlace(place),
      actorId: by,
      actorType: acting === null ? 'service' : 'user',
      action: 'config.updated',
      targetType: 'config',
      targetId: `${place.scope}:${scope_id}`,
      metadata: { ...facts, members: members.slice(0, 100) },
      source: 'kernel',
    })
    if (place.scope !== 'app') {
      return configuration.change(tx, place, (before) => changed(before, update), { by, now: clock.iso() })
    }
    const app = await registry.lockApp(tx, place.appId)
    if (app === null) throw kernelErrors.NO_SUCH_APP()
    const after = changed(onlyConfig(app.config), update)
    await registry.updateApp(tx, place.appId, { config: after.config })
    return after
  })
  if (place.scope === 'app') registry.forget(place.appId)
  else configuration.forget(place)
  return layer
}

/** The configuration of apps in its layers, for services (api.md 3.23). */
export function configRoutes(parts: KernelParts): MountedRoute[] {
  return [
    implement(contract.resolve, async ({ query, principal }) => {
      const { user_id: userId, app_id: appId } = query
      if (userId === '') requireTenant(principal, query.tenant_id)
      else requireOwn(principal, userId, 'user_id')
      const [app, version] = await Promise.all([parts.registry.app(appId), parts.registry.liveVersion(appId)])
      if (app === null || version === null) throw kernelErrors.NO_SUCH_APP()
      const tenantId = await knownTenant(parts, query.tenant_id)
      if (userId === '') {
        // The role’s defaults, of a person whom nobody has named.
        const user = { userId: '', role: query.role }
        const around = await parts.configuration.around({ tenantId, user, appId })
        return mergeAround({ app, version, install: null }, around)
      }
      await tenantOf(parts, userId, tenantId)
      const [actor, mine] = await Promise.all([
        parts.identity.actor(tenantId, userId),
        parts.registry.resolve({ tenantId, userId }, appId),
      ])
      const user = { userId, role: actor?.role ?? query.role }
      const around = await parts.configuration.around({ tenantId, user, appId })
      return mergeAround({ app, version, install: mine?.install ?? null }, around)
    }),
    implement(contract.get, async (request) => {
      admit(request.principal, request)
      const place = await placeOf(parts, request)
      return toWire(place, request.params, await read(parts, place))
    }),
    implement(contract.update, async (request) => {
      const { principal, body } = request
      admit(principal, request)
      requireOwn(principal, body.updated_by, 'updated_by')
      const place = await placeOf(parts, request)
      refuse(place, body)
      const change = { update: body, acting: principal?.userId ?? null }
      return toWire(place, request.params, await write(parts, place, request.params, change))
    }),
  ]
}

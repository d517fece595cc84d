import {
  type AnyRoute,
  registryAliases as contract,
  type JsonObject,
  Manifest,
  type RouteBody,
  registry,
} from '@imperal/contract'
import { implement, type MountedRoute, type Principal, type RouteRequest } from '../../foundation/http/index.ts'
import { actOf } from '../audit/index.ts'
import { createAppKey, listAppKeys, revokeAppKey } from './app-keys.ts'
import { registryErrors } from './errors.ts'
import { tenantActedIn } from './key-access.ts'
import { noteAct } from './note-act.ts'
import { appFor, type RouteParts } from './route-parts.ts'
import { readSectionRules, writeSectionRules } from './section-rules.ts'
import type { AppRecord, StoredVersion, UserKey } from './types.ts'
import { toRegistryApp } from './wire.ts'

const WARNING = 'This is the only time that the key is shown. Keep it where programs keep their secrets.'

const keyRoutes = (parts: RouteParts): MountedRoute[] => [
  implement(contract.createKey, async (request) => {
    const { params, body, principal } = request
    const { appId } = await appFor(parts, principal, params.app_id)
    const wanted = { appId, scope: body.scope, now: parts.clock.iso() }
    const made = await createAppKey(parts.db, wanted, (tx, metadata) =>
      noteAct(parts, tx, request, { action: 'app.key_created', appId, metadata }),
    )
    return { ...made, warning: WARNING }
  }),
  implement(contract.listKeys, async ({ params, principal }) => {
    const { appId } = await appFor(parts, principal, params.app_id)
    const keys = await listAppKeys(parts.db, appId)
    return { keys, total: keys.length }
  }),
  implement(contract.revokeKey, async (request) => {
    const { params, principal } = request
    const { appId } = await appFor(parts, principal, params.app_id)
    const which = { appId, keyId: params.key_id, now: parts.clock.iso() }
    await revokeAppKey(parts.db, which, (tx, metadata) =>
      noteAct(parts, tx, request, { action: 'app.key_revoked', appId, metadata }),
    )
    return { key_id: params.key_id, status: 'revoked' as const }
  }),
]

/** @throws REGISTRY_KEY_FORBIDDEN, REGISTRY_USER_NOT_FOUND */
async function userFor(parts: RouteParts, principal: Principal | null, userId: string): Promise<UserKey> {
  const tenantId = await tenantActedIn(principal, userId, parts.tenantOf)
  if (tenantId === null) throw registryErrors.USER_NOT_FOUND()
  return { tenantId, userId }
}

const ruleRoutes = (parts: RouteParts): MountedRoute[] => [
  implement(contract.rules, async ({ params, principal }) => {
    const user = await userFor(parts, principal, params.user_id)
    return { automations: await readSectionRules(parts.db, user) }
  }),
  implement(contract.putRules, async (request) => {
    const { params, body, principal } = request
    const user = await userFor(parts, principal, params.user_id)
    const rules = Array.isArray(body) ? body : body.automations
    await writeSectionRules(parts.db, { user, rules }, (tx) =>
      parts.audit.append(tx, {
        ...actOf(request),
        tenantId: user.tenantId,
        userId: user.userId,
        action: 'user.section_rules_saved',
        targetType: 'user',
        targetId: user.userId,
        metadata: { sections: rules.map((rule) => `${rule.app_id}.${rule.section_name}`).slice(0, 100) },
      }),
    )
    return { automations: await readSectionRules(parts.db, user) }
  }),
]

type Handle = MountedRoute['handle']

const toExtension = (app: AppRecord, version: StoredVersion | null) => ({
  ...toRegistryApp(app),
  id: app.appId,
  version: version?.version ?? null,
  manifest: (version?.manifest ?? {}) as unknown as JsonObject, // a manifest is JSON
})

type Push = RouteBody<typeof registry.putTools>

/** What an older manifest says of tools, as a push takes it. @throws REGISTRY_MANIFEST_INVALID */
function pushOf(manifest: JsonObject, version: string | null | undefined): Push {
  const parsed = Manifest.safeParse(manifest)
  const pushed = registry.putTools.body?.safeParse({
    tools: parsed.success ? parsed.data.tools : (manifest.tools ?? []),
    skeleton_sections: manifest.skeleton_sections ?? [],
    version: version ?? null,
  })
  if (pushed?.success) return pushed.data
  const problems = pushed?.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) ?? []
  throw registryErrors.MANIFEST_INVALID({ problems: problems.slice(0, 10).join('; ') })
}

/** The handler of one of the fifteen operations, which the older routes only spell differently. */
export type Current = (route: AnyRoute) => Handle

type Given = RouteRequest<AnyRoute>

/** An older route, whose handler hands on to the current one. */
const spelled = <T extends AnyRoute>(
  route: T,
  handle: (request: RouteRequest<T>) => Promise<unknown>,
): MountedRoute => ({ route, handle: (request) => handle(request as RouteRequest<T>) })

const as = (request: Given, changes: { params?: object; query?: object; body?: object }): Given =>
  Object.create(
    request,
    Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, { value, enumerable: true }])),
  )

/** Only what was given; `null` is an older way to say nothing. */
const said = (body: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null && value !== undefined))

function extensionRoutes(parts: RouteParts, current: Current): MountedRoute[] {
  const show = async (principal: Principal | null, appId: string) => {
    const app = await appFor(parts, principal, appId)
    return toExtension(app, await parts.registry.storedVersion(appId))
  }
  const push = (request: Given, appId: string, body: Push) =>
    current(registry.putTools)(as(request, { params: { app_id: appId }, body }))
  return [
    implement(contract.listExtensions, async () => {
      const live = await parts.registry.liveApps()
      return live.filter(({ app }) => app.status === 'active').map(({ app, version }) => toExtension(app, version))
    }),
    implement(contract.getExtension, ({ params, principal }) => show(principal, params.ext_id)),
    spelled(contract.createExtension, async (request) => {
      const { id, display_name, description, version, manifest } = request.body
      const params = { app_id: id }
      const tools = pushOf(manifest, version)
      await current(registry.createApp)(as(request, { body: { app_id: id, display_name } }))
      try {
        if (description) await current(registry.updateApp)(as(request, { params, body: { description } }))
        await push(request, id, tools)
      } catch (error) {
        // Half an app would keep its id from the next try.
        await current(registry.deleteApp)(as(request, { params, query: { hard: true } }))
        throw error
      }
      return show(request.principal, id)
    }),
    spelled(contract.updateExtension, async (request) => {
      const { manifest, version, ...facts } = request.body
      const appId = request.params.ext_id
      const changes = said(facts)
      if (Object.keys(changes).length > 0)
        await current(registry.updateApp)(as(request, { params: { app_id: appId }, body: changes }))
      if (manifest != null) await push(request, appId, pushOf(manifest, version))
      return show(request.principal, appId)
    }),
    spelled(contract.deleteExtension, (request) =>
      current(registry.deleteApp)(as(request, { params: { app_id: request.params.ext_id }, query: { hard: false } })),
    ),
  ]
}

/** Older spellings of the registry's operations (api.md 4.3). */
export function aliasRoutes(parts: RouteParts, current: Current): readonly MountedRoute[] {
  return [
    ...keyRoutes(parts),
    ...ruleRoutes(parts),
    ...extensionRoutes(parts, current),
    spelled(contract.patchApp, (request) => current(registry.updateApp)(as(request, { body: said(request.body) }))),
    { route: contract.health, handle: current(registry.health) },
    spelled(contract.userExtensions, (request) =>
      current(registry.userExtensions)(as(request, { query: { status: 'all' } })),
    ),
    spelled(contract.addUserExtension, (request) => {
      const { user_id, extension_id, config } = request.body
      return current(registry.addUserExtension)(
        as(request, { params: { user_id }, body: { app_id: extension_id, ...said({ config }) } }),
      )
    }),
    spelled(contract.removeUserExtension, (request) => {
      const { user_id, ext_id } = request.params
      return current(registry.removeUserExtension)(as(request, { params: { user_id, app_id: ext_id } }))
    }),
  ]
}

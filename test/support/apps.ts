import { type JsonObject, Manifest } from '@imperal/contract'
import fastify, { type FastifyInstance } from 'fastify'
import { expect } from 'vitest'
import { type Bus, openBus } from '../../apps/server/src/foundation/bus.ts'
import { manualClock } from '../../apps/server/src/foundation/clock.ts'
import { type Database, openDatabase } from '../../apps/server/src/foundation/db/index.ts'
import {
  installErrorHandling,
  type MountedRoute,
  mountRoutes,
  type Principal,
  RouteReply,
} from '../../apps/server/src/foundation/http/index.ts'
import { createLog, type Log } from '../../apps/server/src/foundation/log.ts'
import { openAudit } from '../../apps/server/src/modules/audit/index.ts'
import { type Outbox, openOutbox } from '../../apps/server/src/modules/outbox/index.ts'
import { type InstallDoor, openRegistry, type Registry } from '../../apps/server/src/modules/registry/index.ts'
import type { TestDatabase } from './database.ts'

export interface TestNode {
  readonly db: Database
  readonly bus: Bus
  readonly outbox: Outbox
  readonly registry: Registry
  readonly clock: ReturnType<typeof manualClock>
  readonly log: Log
  close(): Promise<void>
}

/** Users of tests carry their tenant in their id: `imp_u_acme_ada` is Ada of `acme`. */
export const userOf = (tenantId: string, name: string) => ({ tenantId, userId: `imp_u_${tenantId}_${name}` })
const personOf = async (userId: string) => {
  const tenantId = /^imp_u_([^_]+)_/.exec(userId)?.[1]
  return tenantId === undefined ? null : { userId, tenantId, role: 'user', scopes: [] }
}

/** The lower modules of one server process on a test database; open two for two nodes. */
export async function openTestNode(database: TestDatabase): Promise<TestNode> {
  const log = createLog({ level: 'silent' })
  const clock = manualClock()
  const db = openDatabase(database.connection, { maximum: 15 })
  const bus = await openBus(database.connection, log)
  const outbox = await openOutbox({ db, bus, log, clock })
  const audit = openAudit({ db, clock })
  const registry: Registry = openRegistry({ db, bus, log, clock, audit, outbox, personOf, installs: () => installs })
  // Plans and policies are the business of higher modules.
  const installs: InstallDoor = {
    install: ({ user, appId, config }) => registry.install(user, appId, { config }),
    uninstall: ({ user, appId }) => registry.uninstall(user, appId),
  }
  return {
    db,
    bus,
    outbox,
    registry,
    clock,
    log,
    async close() {
      await registry.close()
      await outbox.close()
      await bus.close()
      await db.close()
    },
  }
}

/** The smallest manifest with one read function, one destructive one and a skeleton section. */
export function testManifest(appId: string, more: JsonObject = {}): Manifest {
  const chat = { chain_callable: true, effects: [], id_projection: '', return_schema: {}, event: '', scopes: [] }
  const rest = { ...chat, background: false, long_running: false, owner_chat_tool: `${appId}_chat` }
  return Manifest.parse({
    manifest_schema_version: 3,
    app_id: appId,
    version: '1.0.0',
    name: appId[0]?.toUpperCase() + appId.slice(1),
    description: `The ${appId} app is made for tests and does nothing that anybody needs.`,
    capabilities: [`${appId}:read`, `${appId}:write`],
    tools: [
      { name: 'skeleton_refresh_recent', description: 'Skeleton refresh: recent', scopes: [], parameters: {} },
      { name: 'list_things', description: 'Lists things.', action_type: 'read', params_schema: {}, ...rest },
      { name: 'delete_thing', description: 'Deletes one.', action_type: 'destructive', params_schema: {}, ...rest },
    ],
    ...more,
  })
}

export const testIcon = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="3"/></svg>'

/** Publishes an app directly, past the developer portal. */
export async function publishApp(
  node: TestNode,
  appId: string,
  options: {
    readonly manifest?: JsonObject
    readonly bundle?: string
    readonly status?: 'draft' | 'active' | 'suspended'
    readonly owner?: { readonly tenantId: string; readonly userId: string }
    readonly system?: boolean
    readonly format?: 'bundle' | 'ir'
    readonly revision?: number
  } = {},
): Promise<void> {
  const manifest = testManifest(appId, options.manifest)
  await node.db.everyTenant(async (tx) => {
    if (!(await node.registry.lockApp(tx, appId))) {
      await node.registry.createApp(tx, {
        appId,
        name: manifest.name ?? appId,
        ownerId: options.owner?.userId ?? null,
        ownerTenantId: options.owner?.tenantId ?? 'default',
        status: options.status ?? 'active',
        system: options.system ?? false,
      })
    }
    await node.registry.publishVersion(tx, appId, {
      version: manifest.version,
      manifest,
      bundle: options.bundle ?? `export default '${appId}'`,
      sourceMap: null,
      iconSvg: testIcon,
      format: options.format,
      revision: options.revision,
    })
  })
  node.registry.forget(appId)
}

export function principalOf(
  user: { readonly tenantId: string; readonly userId: string } | null,
  more: Partial<Principal> = {},
): Principal {
  return {
    kind: user ? 'user' : 'service',
    userId: user?.userId ?? null,
    tenantId: user?.tenantId ?? 'default',
    agencyId: null,
    email: user ? `${user.userId}@example.com` : null,
    role: 'user',
    scopes: [],
    sessionId: null,
    credential: user ? 'jwt' : 'service_token',
    tokenUse: null,
    isDeveloper: false,
    ...more,
  }
}

/** Routes on HTTP as the gateway mounts them, with a caller that the test names; `inject` sends requests. */
export async function mountForTest(
  routes: readonly MountedRoute[],
  caller: () => Principal | null,
): Promise<FastifyInstance> {
  const log = createLog({ level: 'silent' })
  const app = fastify({ logger: false })
  installErrorHandling(app, log)
  const { default: multipart } = await import('@fastify/multipart')
  await app.register(multipart, { limits: { fileSize: 12 * 1024 * 1024, files: 5 } })
  const options = {
    log,
    authenticate: async () => caller(),
    limiter: { take: async () => ({ allowed: true, limit: 1, remaining: 1, reset: 1 }) } as never,
    limitFactor: 0,
    checkResponses: false,
  }
  const [raw, parsed] = [true, false].map((isRaw) =>
    routes.filter(({ route }) => (route.bodyKind === 'raw') === isRaw).map(checked),
  )
  mountRoutes(app, parsed ?? [], options)
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    mountRoutes(scope, raw ?? [], options)
  })
  return app
}

/** Every answer of a test is held against its documented shape. */
function checked(mounted: MountedRoute): MountedRoute {
  return {
    route: mounted.route,
    async handle(request) {
      const value = await mounted.handle(request)
      const answer = value instanceof RouteReply ? value : { status: 200, body: value }
      if ((mounted.route.responseKind ?? 'json') === 'json' && answer.status < 300) {
        // What is kept as text is checked as well.
        const body = Buffer.isBuffer(answer.body) ? JSON.parse(answer.body.toString('utf8')) : answer.body
        expect(mounted.route.response.safeParse(body)).toMatchObject({ success: true })
      }
      return value
    },
  }
}

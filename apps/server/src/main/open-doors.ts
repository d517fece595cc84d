import { hostname } from 'node:os'
import path from 'node:path'
import { openIdempotency, tidyRateCounters } from '../foundation/http/index.ts'
import { readSecretFile, removeSecretFile, secretFile, VERSION } from '../foundation/start/index.ts'
import { hubRoutes, resetRoutes } from '../modules/chat/index.ts'
import { type Forward, type Gateway, openForward, openGateway } from '../modules/gateway/index.ts'
import { userAppRoutes } from '../modules/marketplace/index.ts'
import { installFirstParty } from '../modules/registry/index.ts'
import { askPlatform } from './ask-platform.ts'
import type { Facts } from './open-facts.ts'
import type { Ground } from './open-ground.ts'
import type { Core } from './open-kernel.ts'
import type { Services } from './open-services.ts'

const FIRST_PASSWORD = 'first-password'

export interface FirstSignIn {
  readonly email: string
  readonly password: string | null
}

/**
 * Publishes the apps that come with the platform and creates the first account, which has them installed. Until somebody
 * signs in, each start completes what an earlier one that was cut off left undone. Answers who signs in, and the generated
 * password as long as no start has shown it.
 */
export async function firstRun({ settings, db, log }: Ground, { identity, registry }: Facts): Promise<FirstSignIn> {
  const { IMPERAL_ADMIN_EMAIL: wanted, IMPERAL_ADMIN_PASSWORD: given, keysDir } = settings
  const created = await identity.ensureFirstAccount({
    email: wanted,
    password: () => given ?? secretFile(keysDir, FIRST_PASSWORD).value,
  })
  const { apps } = await installFirstParty(
    { registry, db, log },
    path.join(settings.checkout, '.imperal-build/extensions'),
  )
  const first = created ?? (await identity.unusedFirstAccount())
  // The installation may have its account since a start with another address.
  const email = (await identity.administratorEmail(wanted)) ?? wanted
  if (first === null) return { email, password: null }
  for (const appId of apps) await registry.install(first, appId)
  const kept = readSecretFile(keysDir, FIRST_PASSWORD)
  const isKept = kept !== null && (await identity.isPasswordOf(first, kept))
  return { email, password: isKept ? kept : null }
}

/** A password that was shown is no longer kept in readable form. */
export const forgetFirstPassword = ({ settings }: Ground): void => removeSecretFile(settings.keysDir, FIRST_PASSWORD)

const TIDY_SECONDS = 600

// Who may say, to a process that gateways alone speak to, from where a request came.
const PRIVATE_NETWORKS = 'loopback, linklocal, uniquelocal'

function openForwardTo({ log, telemetry, closing }: Ground, { identity }: Facts, { kernel }: Core): Forward {
  const addresses = async () => (await kernel.nodes()).flatMap(({ address }) => address ?? [])
  const forward = openForward({ log, telemetry, addresses, agencyOf: identity.agencyOf })
  closing.add(() => forward.close())
  return forward
}

/** Where other machines reach a listener; one that takes everybody is known by the name of its machine. */
function addressOf(host: string, port: number): string {
  const name = host === '0.0.0.0' || host === '::' ? hostname() : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

/** Layer 6: the listeners, opened last and closed first. */
export async function openDoors(ground: Ground, facts: Facts, core: Core, services: Services): Promise<Gateway> {
  const { settings } = ground
  const { audit, outbox, identity, secrets, connections, keyRotation, billing, notifications, storage, registry } =
    facts
  const { developer, marketplace, chat, admin, automations, ir, mcp, forServices, mailbox, coding } = services
  const roles = settings.IMPERAL_ROLES
  const userApps = { routes: userAppRoutes({ db: ground.db, registry, audit, identity }) }
  const resetting = { routes: resetRoutes({ chat, audit, identity }) }
  const answering = [
    audit,
    outbox,
    identity,
    secrets,
    connections,
    keyRotation,
    billing,
    notifications,
    storage,
    userApps,
    resetting,
    forServices,
    core.llm,
  ]
  // What may run apps, or tells about the process that does.
  const running = [core.kernel, developer, marketplace, chat, admin, automations, ir, mcp, coding].flatMap(
    ({ routes }) => routes,
  )
  const hub = hubRoutes({ chat, identity })
  const isGateway = roles.includes('gateway')
  const runsHere = roles.includes('kernel')
  const forward = isGateway && !runsHere ? openForwardTo(ground, facts, core) : null
  const idempotency = openIdempotency(ground)
  ground.jobs.upkeep('requests', TIDY_SECONDS, async () => {
    await idempotency.tidy()
    await tidyRateCounters(ground.db, ground.clock)
  })
  const gateway = await openGateway({
    ...ground,
    idempotency,
    metricsToken: settings.IMPERAL_METRICS_TOKEN ?? null,
    host: settings.HOST,
    port: settings.PORT,
    registryPort: isGateway ? settings.registryPort : null,
    publicUrl: settings.publicUrl,
    trustProxy: settings.TRUST_PROXY ?? (isGateway ? undefined : PRIVATE_NETWORKS),
    origins: settings.origins,
    panelFolder: isGateway ? path.join(settings.checkout, 'apps/panel/dist') : null,
    version: VERSION,
    checkResponses: settings.profile === 'development',
    identity,
    audit,
    routes: [
      ...(isGateway ? answering.flatMap(({ routes }) => routes) : []),
      ...(runsHere || isGateway ? running : []),
    ],
    registryRoutes: [...(isGateway ? registry.routes : []), ...(runsHere || isGateway ? hub : [])],
    // Mailboxes are for the apps of the platform alone: no socket listens for them.
    insideRoutes: [...answering.flatMap(({ routes }) => routes), ...running, ...mailbox.routes],
    forwarded: forward === null ? null : { routes: new Set([...running, ...hub]), forward },
    checks: {
      db: () => ground.db.ping().then(() => true),
      registry: () => registry.liveApps().then(() => true),
    },
  })
  ground.closing.add(() => gateway.close())
  core.askThrough(askPlatform(identity, gateway.inside))
  const address = settings.IMPERAL_NODE_URL ?? (isGateway ? null : addressOf(settings.HOST, gateway.port))
  if (runsHere && address !== null) {
    await core.kernel.announce(address)
    // First of all, before those requests end that are under way.
    ground.closing.add(() => core.kernel.announce(null))
  }
  return gateway
}

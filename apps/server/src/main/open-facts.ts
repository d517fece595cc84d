import { DEFAULT_TENANT } from '@imperal/contract'
import { withinNetworks } from '../foundation/config/index.ts'
import { secretFile } from '../foundation/start/index.ts'
import { type Audit, openAudit } from '../modules/audit/index.ts'
import { RULE_CURSOR } from '../modules/automations/index.ts'
import type { Billing } from '../modules/billing/index.ts'
import { type Configuration, openConfiguration } from '../modules/configuration/index.ts'
import type { Connections } from '../modules/connections/index.ts'
import { type Identity, openIdentity } from '../modules/identity/index.ts'
import { EVENT_CURSOR } from '../modules/kernel/index.ts'
import { openInstallDoor } from '../modules/marketplace/index.ts'
import { type Notifications, openNotifications } from '../modules/notifications/index.ts'
import { type Outbox, openOutbox } from '../modules/outbox/index.ts'
import { type InstallDoor, openRegistry, type Registry } from '../modules/registry/index.ts'
import { type KeyRotation, openKeyRotation, openSecrets, type Secrets } from '../modules/secrets/index.ts'
import { openState, type State } from '../modules/state/index.ts'
import { openStorage, type Storage } from '../modules/storage/index.ts'
import { openStore, type Store } from '../modules/store/index.ts'
import { accountPorts } from './account-ports.ts'
import { openConnectionsOf } from './open-connections.ts'
import type { Ground } from './open-ground.ts'
import { type ActionCount, openMoney } from './open-money.ts'
import { bucketOf, storageQuota } from './place-of-files.ts'
import { secretsAppOf } from './secrets-app.ts'

/** Layers 1 and 2: each module owns one kind of fact. */
export interface Facts {
  readonly audit: Audit
  readonly outbox: Outbox
  readonly identity: Identity
  readonly registry: Registry
  readonly store: Store
  readonly state: State
  readonly secrets: Secrets
  readonly connections: Connections
  readonly configuration: Configuration
  readonly keyRotation: KeyRotation
  readonly billing: Billing
  readonly installs: InstallDoor
  readonly notifications: Notifications
  readonly storage: Storage
  /** The kernel, which knows what was done, opens later and is plugged in then. */
  readonly countActionsWith: (count: ActionCount) => void
}

const secretsOf = (list: string): string[] => list.split(',').map((one) => one.trim())

/** The identity provider that the settings name. */
function oidcPolicyOf(settings: Ground['settings']) {
  const { IMPERAL_OIDC_ISSUER: issuer, IMPERAL_OIDC_CLIENT_ID: clientId } = settings
  if (issuer === undefined || clientId === undefined) return undefined
  return {
    issuer,
    clientId,
    clientSecret: settings.IMPERAL_OIDC_CLIENT_SECRET,
    scopes: settings.IMPERAL_OIDC_SCOPES,
    name: settings.IMPERAL_OIDC_NAME ?? new URL(issuer).hostname,
    tenantId: settings.IMPERAL_OIDC_TENANT ?? DEFAULT_TENANT,
    createAccounts: settings.IMPERAL_OIDC_CREATE_ACCOUNTS,
  }
}

async function openAccounts(
  ground: Ground,
  lower: {
    readonly audit: Audit
    readonly outbox: Outbox
    readonly registry: () => Registry
    readonly billing: () => Billing
  },
): Promise<Identity> {
  const { settings, closing } = ground
  const token = settings.IMPERAL_SERVICE_TOKEN ?? secretFile(settings.keysDir, 'service.token').value
  const identity = await openIdentity({
    ...ground,
    audit: lower.audit,
    outbox: lower.outbox,
    ports: accountPorts(ground, lower),
    callTokenSecrets: secretsOf(
      settings.IMPERAL_CALL_TOKEN_HMAC_SECRET ?? secretFile(settings.keysDir, 'call-token.secret').value,
    ),
    callTokenMultiUse: settings.IMPERAL_CALLTOKEN_MULTIUSE_SECONDS,
    serviceTokens: secretsOf(token),
    mayServe:
      settings.IMPERAL_SERVICE_ALLOWED_CIDRS === undefined
        ? undefined
        : withinNetworks(settings.IMPERAL_SERVICE_ALLOWED_CIDRS),
    registryKeys: secretsOf(
      settings.IMPERAL_REGISTRY_KEY ?? `imp_reg_key_${secretFile(settings.keysDir, 'registry.key').value}`,
    ),
    policy: {
      publicUrl: settings.publicUrl,
      revealExisting: settings.IMPERAL_SIGNUP_REVEAL_EXISTING ?? settings.profile === 'development',
      passwordMinimum: settings.IMPERAL_PASSWORD_MIN_LENGTH,
      limitFactor: ground.limitFactor,
      allowPrivateNetwork: settings.IMPERAL_ALLOW_PRIVATE_NETWORK,
      oidc: oidcPolicyOf(settings),
    },
  })
  closing.add(() => identity.close())
  lower.outbox.admitWith(identity.isAdmitted)
  const silence = identity.onChange((userId) => lower.outbox.recheck(userId))
  closing.add(async () => silence())
  return identity
}

/** Scopes of published apps can be granted: those that are there now, and each one that comes. */
async function declareScopes(ground: Ground, identity: Identity, registry: Registry): Promise<void> {
  // A draft is nobody's business but its owner's.
  const published = async () => (await registry.liveApps()).filter(({ app }) => app.status === 'active')
  const declare = async ({ app, version }: Awaited<ReturnType<typeof published>>[number]) =>
    identity.declareAppScopes({
      appId: app.appId,
      name: app.name,
      scopes: [
        ...version.manifest.capabilities,
        ...version.manifest.tools.flatMap((tool) => (tool.action_type ? [`${app.appId}:${tool.action_type}`] : [])),
      ],
    })
  const declareOne = async (appId: string) => {
    const live = (await published()).find(({ app }) => app.appId === appId)
    if (live !== undefined) await declare(live)
  }
  registry.onChange(({ appId, userId }) => {
    if (appId === null || userId !== undefined) return
    declareOne(appId).catch((error) => ground.log.warn({ err: error, appId }, 'scopes of an app could not be noted'))
  })
  for (const live of await published()) await declare(live)
}

export async function openFacts(ground: Ground): Promise<Facts> {
  const { settings, closing } = ground
  const audit = openAudit(ground)
  const outbox = await openOutbox({
    ...ground,
    readers: [EVENT_CURSOR, RULE_CURSOR],
    streams: { perUser: ground.settings.IMPERAL_STREAMS_PER_USER },
  })
  closing.add(() => outbox.close())
  const identity = await openAccounts(ground, { audit, outbox, registry: () => registry, billing: () => billing })
  const registry: Registry = openRegistry({
    ...ground,
    audit,
    outbox,
    personOf: async (userId) => {
      const actor = await identity.findUser(userId)
      return actor?.isActive === true ? actor : null
    },
    installs: () => installs,
  })
  closing.add(() => registry.close())
  await declareScopes(ground, identity, registry)
  const state = openState(ground)
  closing.add(() => state.close())
  const configuration = openConfiguration(ground)
  closing.add(async () => configuration.close())
  const storage = openStorage({
    ...ground,
    folder: settings.filesDir,
    s3: bucketOf(settings),
    quotaOf: (user) => storageQuota(settings, user.userId, async () => (await billing.plan(user)).limits),
    publicUrl: settings.publicUrl,
  })
  closing.add(() => storage.close())
  const secrets = openSecrets({
    ...ground,
    audit,
    appOf: (user, appId) => secretsAppOf(registry, user, appId),
    environment: (name) => process.env[name],
  })
  closing.add(() => secrets.close())
  const store = openStore(ground)
  const emailOf = async (user: { tenantId: string; userId: string }) =>
    (await identity.actor(user.tenantId, user.userId))?.email ?? null
  const notifications = openNotifications({
    ...ground,
    outbox,
    emailOf,
    preferencesOf: async (user) => (await identity.settings(user.tenantId, user.userId)).notifications,
    publicUrl: settings.publicUrl,
  })
  const parts = { audit, outbox, identity, registry, notifications, emailOf }
  const money = await openMoney(ground, parts)
  const { billing, countActionsWith } = money
  const installs = openInstallDoor({ ...ground, ...parts, billing, principalFor: identity.principalFor })
  const silence = billing.onPlanChange(identity.planChanged)
  closing.add(async () => silence())
  return {
    audit,
    outbox,
    identity,
    registry,
    store,
    state,
    secrets,
    configuration,
    connections: openConnectionsOf(ground, {
      audit,
      outbox,
      registry,
      secrets,
      store,
      tenantOf: async (userId) => (await identity.findUser(userId))?.tenantId ?? null,
    }),
    keyRotation: await openKeyRotation({ ...ground, audit }),
    billing,
    installs,
    notifications,
    storage,
    countActionsWith,
  }
}

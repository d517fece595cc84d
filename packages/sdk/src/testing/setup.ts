import { configOfApp } from '@imperal/contract/app-config'
import type { GuestCall } from '@imperal/contract/guest-port'
import type { ContextSnapshot, HandlerKind } from '@imperal/contract/host-protocol'
import { createAi } from '../clients/ai.ts'
import { createHttp } from '../clients/http.ts'
import { createNotify } from '../clients/notify.ts'
import { KernelStore } from '../clients/store.ts'
import { createTransport } from '../clients/transport.ts'
import type { ContextDeclarations } from '../context/runtime.ts'
import { SYSTEM_USER, WEBHOOK_USER } from '../identities.ts'
import type { JsonObject, JsonValue } from '../values/json.ts'
import { MemoryKernel } from './memory-kernel.ts'
import type { Owner } from './memory-store.ts'
import type { MockContextOptions, MockControls, MockKind } from './mock-types.ts'

type Options = MockContextOptions<MockKind>

const MODEL = { provider: 'openai_compatible', model: 'mock' }
const MODELS = { routing: MODEL, execution: MODEL, navigate: MODEL }
const START = '2026-01-01T00:00:00Z'
const PSEUDO_USERS: Partial<Record<HandlerKind, string>> = {
  schedule: SYSTEM_USER,
  signal: SYSTEM_USER,
  webhook: WEBHOOK_USER,
}

/** Declarations of the extension under test; without one, every secret and every cache model is accepted. */
export function declarationsOf({ extension, secrets = {} }: Options): ContextDeclarations {
  if (extension !== undefined) return extension.contextDeclarations
  return {
    ownsCacheModel: () => true,
    secretRule: () => ({ description: '(mock)', writeMode: 'both', maxBytes: 65_536, scope: 'user' }),
    secretNames: Object.keys(secrets),
  }
}

export function createKernel(options: Options): MemoryKernel {
  const { extension } = options
  const declarations = declarationsOf(options)
  return new MemoryKernel({
    now: options.now ?? START,
    secrets: options.secrets ?? {},
    declaredSecrets:
      extension === undefined ? undefined : { names: declarations.secretNames, rule: declarations.secretRule },
    isOwner: options.isOwner ?? false,
    oauthProviders: extension?.oauthProviders,
    billing: options.billing ?? {},
    skeleton: options.skeleton ?? {},
  })
}

/** Whom a call of this kind runs for. */
export function ownerOf(options: Options, kind: HandlerKind): Owner {
  return {
    appId: options.extensionId ?? options.extension?.appId ?? 'test-ext',
    tenantId: options.tenantId ?? 'default',
    userId: PSEUDO_USERS[kind] ?? options.userId ?? 'test_user',
  }
}

/** A call as a host would hand it to the extension. */
export function callOf(
  kernel: MemoryKernel,
  options: Options,
  call: { kind: HandlerKind; name: string; params: JsonValue; versions?: { from: string; to: string } },
): GuestCall {
  const { kind, name, params, versions } = call
  const owner = ownerOf(options, kind)
  kernel.store.addUser(owner.userId)
  const upgrade = versions === undefined ? {} : { from_version: versions.from, to_version: versions.to }
  return {
    id: `call_${name}`,
    kind,
    name,
    params,
    signal: kernel.signal,
    ctx: { ...snapshotOf(kernel, options, owner, kind), ...upgrade },
  }
}

function snapshotOf(kernel: MemoryKernel, options: Options, owner: Owner, kind: HandlerKind): ContextSnapshot {
  const attributes: JsonObject = structuredClone(options.attributes ?? {})
  const timezone = typeof attributes.timezone === 'string' ? attributes.timezone : 'UTC'
  const withoutUser = kind === 'event' || kind === 'health'
  return {
    app_id: owner.appId,
    version: options.extension?.version ?? '0.1.0',
    user: withoutUser ? null : userOf(options, owner, attributes),
    tenant: { tenant_id: owner.tenantId, name: owner.tenantId, is_active: true, features: {}, isolation: 'shared' },
    agency_id: null,
    agency_theme: null,
    time: kernel.clock.time(timezone),
    config: structuredClone(
      configOfApp({ defaults: options.extension?.configDefaults ?? {}, app: [options.config ?? {}] }),
    ),
    public_url: 'https://panel.imperal.io',
    idempotency_key: 'sha256:of-this-call',
    task_id: null,
    models: MODELS,
  }
}

function userOf(options: Options, owner: Owner, attributes: JsonObject): ContextSnapshot['user'] {
  const isPseudo = owner.userId.startsWith('__')
  return {
    imperal_id: owner.userId,
    email: isPseudo ? null : options.email === undefined ? 'test@test.com' : options.email,
    tenant_id: owner.tenantId,
    agency_id: null,
    org_id: null,
    role: options.role ?? 'user',
    scopes: [...(options.scopes ?? ['*'])],
    attributes,
    is_active: true,
  }
}

/** Controls of a kernel, seen by one owner. */
export function controlsOf(kernel: MemoryKernel, owner: Owner, kind: HandlerKind): MockControls {
  const transport = createTransport(kernel.portFor(owner, { isCounted: false }))
  const store = new KernelStore(transport, { kind, userId: owner.userId, isSystem: false, mayActForUsers: false })
  const mockHttp = kernel.http.mock.bind(kernel.http)
  return {
    store: Object.assign(store, {
      seed: async (collection: string, docs: readonly object[]) => {
        const seeded = []
        for (const data of docs) seeded.push(await store.create(collection, data as JsonObject))
        return seeded
      },
      dump: () => kernel.store.dump(owner),
    }),
    ai: { ...createAi(transport), setResponse: kernel.ai.setResponse.bind(kernel.ai), prompts: kernel.ai.prompts },
    http: {
      ...createHttp(transport),
      mock: mockHttp,
      mockGet: (pattern, response, status = 200) => mockHttp('GET', pattern, response, { status }),
      mockPost: (pattern, response, status = 200) => mockHttp('POST', pattern, response, { status }),
      calls: kernel.http.calls,
    },
    notify: Object.assign(createNotify(transport, { kind, mayActForUsers: false }), { sent: kernel.sent }),
    progressLog: kernel.progressLog,
    delivered: kernel.delivered,
    emitted: kernel.emitted,
    logs: kernel.logs,
    registerMethod: (...args) => kernel.apps.register(...args),
    registerTool: (...args) => kernel.tools.register(...args),
    platform: kernel.platform,
    drainTasks: () => kernel.drainTasks(),
    cancel: () => kernel.cancel(),
    breakDown: (...clients) => clients.forEach((client) => void kernel.outages.add(client)),
    restore: () => kernel.outages.clear(),
    advance: (seconds) => kernel.clock.advance(seconds),
  }
}

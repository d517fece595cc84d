import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type JsonObject, type JsonValue, OAUTH_ENDPOINTS, type WireError } from '@imperal/contract'
import pg from 'pg'
import { inject } from 'vitest'
import { openTestNode, publishApp } from '../../../../../test/support/apps.ts'
import { createTestDatabase } from '../../../../../test/support/database.ts'
import { type Jobs, openJobs } from '../../foundation/jobs/index.ts'
import { openDataKeys, openFileKeys } from '../../foundation/keys/index.ts'
import { createLog } from '../../foundation/log.ts'
import { openPost } from '../../foundation/mail/index.ts'
import { testKeyring } from '../../foundation/test-keys.ts'
import { secretsAppOf } from '../../main/secrets-app.ts'
import { openAudit } from '../audit/index.ts'
import { openBilling } from '../billing/index.ts'
import { TEST_PORTS, TEST_SETTINGS } from '../billing/test-fixture.ts'
import { openConfiguration } from '../configuration/index.ts'
import { openConnections } from '../connections/index.ts'
import {
  type HostCall,
  type HostCallbacks,
  HostError,
  type HostErrorCode,
  type Hosts,
  type IsolationLevel,
  type IsolationReport,
} from '../hosts/index.ts'
import { openIdentity } from '../identity/index.ts'
import type { Notification } from '../notifications/index.ts'
import type { StreamRecord } from '../outbox/index.ts'
import { openSecrets } from '../secrets/index.ts'
import { openState } from '../state/index.ts'
import { openStore } from '../store/index.ts'
import { type ChatDelivery, type Kernel, type KernelOptions, kernelLimits, openKernel } from './index.ts'
import { assembleKernel } from './open-kernel.ts'

/** Extension code of a test: what the host would run. */
export type Handler = (call: HostCall, kernel: HostCallbacks) => Promise<JsonValue> | JsonValue

/** A host that runs functions of the test in this process; everything around it is real. */
export class LocalHosts implements Hosts {
  readonly handlers = new Map<string, Handler>()
  readonly calls: HostCall[] = []
  async call(_target: unknown, call: HostCall, callbacks: HostCallbacks): Promise<JsonValue> {
    this.calls.push(call)
    const handler = this.handlers.get(`${call.ctx.app_id} ${call.kind} ${call.name}`)
    if (handler === undefined) throw new HostError('EXT_THREW')
    const over = new Promise<never>((_resolve, reject) => {
      call.signal?.addEventListener('abort', () => reject(new HostError('EXT_ABORTED')), { once: true })
    })
    return Promise.race([Promise.resolve(handler(call, callbacks)), over])
  }
  async describe(): Promise<JsonObject> {
    return {}
  }
  drain(): void {}
  status() {
    return []
  }
  level: IsolationLevel = 'full'
  isolation(): IsolationReport {
    return {
      level: this.level,
      wrapper: 'plain',
      why: 'no process here',
      command: [],
      assertions: {} as never,
      refused: [],
      advice: null,
    }
  }
  async close(): Promise<void> {}
}

/** For waits on a state: a busy machine may need long, a working one does not. */
export const PATIENCE = { timeout: inject('patience') }

export const fails = (code: HostErrorCode, error?: WireError): never => {
  throw new HostError(code, { error })
}

export const success = (data: JsonObject = {}, more: JsonObject = {}): JsonObject => ({
  status: 'success',
  summary: '',
  data,
  ...more,
})

interface Person {
  readonly tenantId: string
  readonly userId: string
}

/**
 * One database; kernels on it are opened with `openNode`, each with real lower modules of its own. `first` is for the one
 * that is there from the start: it has no job engine, and takes part in what goes on beside the calls unless told not to.
 */
export async function openFixture(first: Partial<KernelOptions> = {}) {
  const database = await createTestDatabase()
  const folder = mkdtempSync(path.join(os.tmpdir(), 'imperal-kernel-'))
  const keyring = testKeyring()
  const superuser = new pg.Pool({ ...database.superuserConnection, max: 2 })
  superuser.on('error', () => {})
  const closers: (() => Promise<void>)[] = []

  async function openNode(changes: Partial<KernelOptions> = {}, connected: Partial<typeof OAUTH_ENDPOINTS> = {}) {
    const node = await openTestNode(database)
    const { db, bus, outbox, registry, log } = node
    // The clock of the database is real, so the node's is, too.
    node.clock.advance(Date.now() - node.clock.now())
    const audit = openAudit({ db, clock: node.clock })
    const post = openPost({ send: async () => {}, close: async () => {} }, log)
    const identity = await openIdentity({
      db,
      bus,
      log,
      clock: node.clock,
      keyring,
      audit,
      outbox,
      post,
      serviceTokens: ['service-token-of-the-tests'],
      policy: {
        publicUrl: 'http://127.0.0.1:4780',
        revealExisting: true,
        passwordMinimum: 0,
        limitFactor: 1,
        allowPrivateNetwork: false,
      },
    })
    const state = openState({ db, clock: node.clock, log })
    const secrets = openSecrets({
      db,
      bus,
      clock: node.clock,
      keyring,
      dataKeys: openDataKeys({ db, bus, clock: node.clock, provider: openFileKeys(folder) }),
      audit,
      appOf: (user, appId) => secretsAppOf(registry, user, appId),
      environment: (name) => process.env[name],
    })
    const store = openStore({ db, clock: node.clock, keyring })
    const configuration = openConfiguration(node)
    const connections = openConnections({
      db,
      clock: node.clock,
      log,
      keyring,
      audit,
      outbox,
      registry,
      secrets,
      store,
      publicUrl: 'http://127.0.0.1:4780',
      stateKeys: ['state-key-of-the-tests-that-is-long-enough'],
      strictState: true,
      endpoints: { ...OAUTH_ENDPOINTS, ...connected },
      gmailPushToken: 'token-of-the-pushes-1',
      tenantOf: async (userId) => (await identity.findUser(userId))?.tenantId ?? null,
      fetch,
    })
    const hosts = new LocalHosts()
    const notified: Notification[] = []
    const said: ChatDelivery[] = []
    const streamed: StreamRecord[] = []
    outbox.listen((record) => streamed.push(record))
    const repeated = new Map<string, () => Promise<unknown>>()
    const every: Jobs['every'] = (name, _seconds, work) => {
      repeated.set(name, () => work(new AbortController().signal))
      return async () => {}
    }
    const jobs: Jobs = {
      work: async () => async () => {},
      send: async () => {},
      // No engine here: events stay where they are, for a node that has one.
      sendMany: () => Promise.reject(new Error('this node has no job engine')),
      unfinished: async () => [],
      failed: async () => [],
      remove: async () => {},
      setCron: async () => {},
      every,
      upkeep: every,
      close: async () => {},
    }
    const billing = await openBilling({
      ...node,
      ...{ jobs, audit, post, keyring, settings: TEST_SETTINGS },
      ports: {
        ...TEST_PORTS,
        actionsOf: async (user, since) => kernel.actionsSince(user, since),
        isActive: async () => true,
        installsOf: async (user) => (await registry.appsOf(user)).length,
        tenantOf: async (userId) => (await identity.principalFor(userId))?.tenantId ?? null,
      },
    })
    const options: KernelOptions = {
      db,
      bus,
      log,
      clock: node.clock,
      jobs,
      limiter: { take: async (_key, limit) => ({ allowed: true, limit, remaining: limit, reset: 1 }) },
      audit,
      outbox,
      identity,
      registry,
      store,
      connections,
      configuration,
      secrets,
      state,
      billing,
      notifications: {
        notify: async (_writer: unknown, one: Notification) => void notified.push(one),
        routes: [],
      } as never,
      llm: {
        available: async () => false,
        models: () => null,
        complete: async () => Promise.reject(new Error('no model')),
        createMessage: async () => Promise.reject(new Error('no model')),
      },
      delegationDepth: async () => 6,
      hosts,
      egress: { request: async () => Promise.reject(new Error('no network')) },
      deliverChat: async (message) => void said.push(message),
      settings: {
        publicUrl: 'http://127.0.0.1:4780',
        limits: kernelLimits('development'),
        callTimeoutSeconds: 30,
        chatPatienceMs: 5_000,
        webhookPatienceMs: 10_000,
        cancelGraceMs: 10_000,
        confirmationTtlSeconds: 300,
        scheduleTimeoutSeconds: 600,
        hostPerUser: false,
        minimumIsolation: 'process',
      },
      ...changes,
    }
    const kernel: Kernel = await openKernel(options)
    let isClosed = false
    const close = async () => {
      if (isClosed) return
      isClosed = true
      await kernel.close()
      await billing.close()
      await connections.close()
      configuration.close()
      await state.close()
      await identity.close()
      await post.drain()
      await node.close()
    }
    closers.push(close)
    return {
      ...node,
      kernel,
      options,
      hosts,
      billing,
      notified,
      said,
      streamed,
      repeated,
      identity,
      state,
      secrets,
      connections,
      configuration,
      close,
    }
  }

  const node = await openNode(first)
  let people = 0

  /** Rows past row-level security. */
  const rows = async <Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> =>
    (await superuser.query<Row>(text, values)).rows

  return {
    ...node,
    database,
    openNode,
    rows,
    /** The real job engine, for nodes that are opened with it; it ends before the nodes do. */
    async openEngine(): Promise<Jobs> {
      const log = createLog({ level: 'silent' })
      const jobs = await openJobs({ connection: database.connection, log, worker: true })
      closers.push(jobs.close)
      return jobs
    },
    /** A further node without anything that runs by itself. */
    assemble: async (changes: Partial<KernelOptions> = {}) => {
      const assembled = await assembleKernel({ ...node.options, ...changes })
      closers.push(assembled.release)
      return assembled.parts
    },
    /** An active account; its tenant is made on the way. */
    async person(
      options: { tenantId?: string; role?: string; scopes?: string[]; denied?: string[]; attributes?: JsonObject } = {},
    ): Promise<Person> {
      const tenantId = options.tenantId ?? 'default'
      const userId = `imp_u_person${String(++people).padStart(4, '0')}`
      await rows('insert into identity.tenant (tenant_id, name) values ($1, $1) on conflict do nothing', [tenantId])
      await rows(
        `insert into identity.account (user_id, tenant_id, email, status, role, scopes, denied_scopes, attributes, created_at, updated_at)
         values ($1, $2, $3, 'active', $4, $5, $6, $7, now(), now())`,
        [
          userId,
          tenantId,
          `${userId}@example.com`,
          options.role ?? 'user',
          options.scopes ?? [],
          options.denied ?? [],
          options.attributes ?? {},
        ],
      )
      return { tenantId, userId }
    },
    /** Publishes an app and installs it for people. */
    async app(
      appId: string,
      manifest: JsonObject,
      users: readonly Person[] = [],
      more: JsonObject = {},
    ): Promise<void> {
      await publishApp(node, appId, { manifest: { capabilities: [], ...manifest }, ...more })
      for (const user of users) await node.registry.install(user, appId)
    },
    handler(appId: string, kind: string, name: string, work: Handler): void {
      node.hosts.handlers.set(`${appId} ${kind} ${name}`, work)
    },
    /** Ledger rows in the order in which the calls entered. */
    ledger: (where: { appId?: string; traceId?: string } = {}) =>
      rows<Record<string, unknown> & { call_id: string; status: string; function: string }>(
        'select * from ledger.action where ($1::text is null or app_id = $1) and ($2::text is null or trace_id = $2) order by call_id',
        [where.appId ?? null, where.traceId ?? null],
      ),
    async close() {
      for (const close of closers.reverse()) await close()
      await superuser.end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type Fixture = Awaited<ReturnType<typeof openFixture>>

/** One typed chat function of a manifest. */
export const chatFunction = (name: string, actionType: string, more: JsonObject = {}): JsonObject => ({
  name,
  description: `Does ${name} for the tests of the kernel.`,
  action_type: actionType,
  params_schema: { type: 'object', properties: {} },
  return_schema: {},
  owner_chat_tool: 'tool',
  ...more,
})

import { hostname } from 'node:os'
import path from 'node:path'
import type { Settings } from '../foundation/config/index.ts'
import { leaveRuntimeFolder, makeRuntimeFolder } from '../foundation/postgres/index.ts'
import { embeddingOf, modelOf, VERSION } from '../foundation/start/index.ts'
import { type Chat, readTracedTurn, VectorCache } from '../modules/chat/index.ts'
import { createCallRate } from '../modules/developer/index.ts'
import { createEgress, type Egress, fetchThrough, type Hosts, noHosts, openHosts } from '../modules/hosts/index.ts'
import {
  type Allowances,
  type ChatDelivery,
  type DocumentRun,
  type Kernel,
  kernelLimits,
  openKernel,
  type PlatformPort,
  type WorkSource,
} from '../modules/kernel/index.ts'
import { type OpenLlm, openEmbedder, openLlm } from '../modules/llm/index.ts'
import type { Facts } from './open-facts.ts'
import type { Ground } from './open-ground.ts'
import { tellBudget } from './tell-budget.ts'
import { limitsOfTenant, tuningOfTenant } from './tenant-tuning.ts'

/** K7.8. */
const WEBHOOK_PATIENCE_MS = 10_000

/** Layers 3 and 4: isolated hosts, models, and the corridor over all facts. */
export interface Core {
  readonly egress: Egress
  readonly hosts: Hosts
  readonly llm: OpenLlm
  /** Meanings of functions, where the installation has a model for that. */
  readonly vectors: VectorCache | undefined
  readonly kernel: Kernel
  /** The chat opens after the kernel and is plugged in then. */
  readonly speakThrough: (chat: Chat) => void
  /** Work that an operator sees beside that of the kernel. */
  readonly showWork: (source: WorkSource) => void
  /** The platform's routes open last. */
  readonly askThrough: (ask: PlatformPort) => void
  /** Declarative apps open after the kernel, too. */
  readonly noteRunsWith: (note: (run: DocumentRun) => void) => void
}

const asTurn = (message: ChatDelivery) => ({
  text: message.text,
  // Only a task has a message of its own that can fail.
  type: message.type === 'task_failed' && message.taskId === null ? ('error' as const) : message.type,
  status: message.type === 'task_failed' ? ('failed' as const) : ('done' as const),
  appId: message.appId,
  ui: message.ui ?? null,
})

const MIB = 1024 * 1024

const allowancesOf = (settings: Settings): Allowances => ({
  writes: { perCall: settings.IMPERAL_CALL_WRITES, perUserMinute: settings.IMPERAL_MINUTE_WRITES },
  messages: { perCall: settings.IMPERAL_CALL_MESSAGES, perUserMinute: settings.IMPERAL_MINUTE_MESSAGES },
  completions: { perCall: settings.IMPERAL_CALL_COMPLETIONS, perUserMinute: settings.IMPERAL_MINUTE_COMPLETIONS },
  events: { perCall: settings.IMPERAL_CALL_EVENTS, perUserMinute: settings.IMPERAL_MINUTE_EVENTS },
  storedBytes: {
    perCall: settings.IMPERAL_CALL_STORAGE_MB * MIB,
    perUserMinute: settings.IMPERAL_MINUTE_STORAGE_MB * MIB,
  },
})

/** A process that only answers people hands every call on. */
const runsApps = ({ IMPERAL_ROLES: roles }: Settings): boolean => roles.includes('kernel') || roles.includes('worker')

async function openHostsOf({ settings, dataDir, log, clock }: Ground, egress: Egress): Promise<Hosts> {
  const runtimeDir = makeRuntimeFolder(path.join(dataDir, 'hosts'))
  const hosts = await openHosts({
    runtimeDir,
    log,
    clock,
    egress,
    isolation: settings.IMPERAL_ISOLATION,
    memoryMb: settings.IMPERAL_HOST_MEMORY_MB,
    idleMs: settings.IMPERAL_HOST_IDLE_S * 1000,
    maxLive: settings.IMPERAL_HOST_MAX,
  })
  return { ...hosts, close: () => hosts.close().then(() => leaveRuntimeFolder(runtimeDir)) }
}

export async function openCore(ground: Ground, facts: Facts): Promise<Core> {
  const { settings, closing } = ground
  const egress = createEgress({ allowPrivate: settings.IMPERAL_ALLOW_PRIVATE_NETWORK })
  closing.add(() => egress.close())
  const hosts = runsApps(settings) ? await openHostsOf(ground, egress) : noHosts()
  closing.add(() => hosts.close())
  const llm = openLlm({
    ...ground,
    installation: modelOf(settings),
    meter: facts.billing.tokens,
    tuningOf: async (tenantId, purpose) =>
      tuningOfTenant((await facts.identity.tenant(tenantId))?.defaults ?? {}, purpose),
    rateOf: facts.billing.modelRate,
    alert: tellBudget(ground, facts),
    audit: ({ userId, tenantId }, what) =>
      facts.audit.record({
        tenantId: tenantId ?? 'default',
        actorId: userId ?? 'service',
        actorType: userId === null ? 'service' : 'user',
        action: 'llm.config_changed',
        targetType: 'llm_config',
        targetId: 'platform',
        source: 'api',
        metadata: what,
      }),
    ownModel: async (tenantId, userId) => {
      const own = await facts.identity.ownModel(tenantId, userId)
      return own === null ? null : { ...own, owner: 'user' }
    },
    // What the operator configured is trusted; what a user typed passes the egress checks.
    fetchFor: (owner) => (owner === 'user' ? fetchThrough(egress) : fetch),
  })
  const embedder = openEmbedder(embeddingOf(settings), fetch)
  let chat: Chat | undefined
  let ask: PlatformPort | undefined
  const otherWork: WorkSource[] = []
  let noteRun: ((run: DocumentRun) => void) | undefined
  const kernel = await openKernel({
    ...ground,
    ...facts,
    llm,
    delegationDepth: async (tenantId) =>
      limitsOfTenant(await llm.assistantLimits(), (await facts.identity.tenant(tenantId))?.defaults ?? {})
        .hub_dispatch_max_depth,
    hosts,
    egress,
    background: settings.IMPERAL_ROLES.includes('worker'),
    self: { name: `${hostname()} ${process.pid}`, version: VERSION, roles: settings.IMPERAL_ROLES },
    noteRun: (run) => noteRun?.(run),
    callRate: createCallRate(facts.identity, ground.clock),
    platform: async (request) => (ask === undefined ? null : ask(request)),
    deliverChat: async (message) => {
      if (chat === undefined) throw new Error('the chat is not open yet')
      const conversationId = message.conversationId ?? 'default'
      if (message.isTaskResult && message.taskId !== null)
        await chat.tellTask(message, conversationId, { ...asTurn(message), taskId: message.taskId })
      else await chat.deliver(message, conversationId, asTurn(message))
    },
    turnOf: (user, traceId) => readTracedTurn(ground.db, user, traceId),
    decided: async (decision) => (await chat?.decided(decision)) ?? false,
    otherWork: () => otherWork,
    settings: {
      publicUrl: settings.publicUrl,
      limits: {
        ...kernelLimits(settings.profile),
        allowances: allowancesOf(settings),
        tasksAtOnce: settings.IMPERAL_TASKS_AT_ONCE,
        tasksPerTenant: settings.IMPERAL_TASKS_PER_TENANT,
        tasksPerApp: settings.IMPERAL_TASKS_PER_APP,
        tasksWaiting: settings.IMPERAL_TASKS_WAITING,
        eventsPerTenant: settings.IMPERAL_EVENTS_PER_TENANT,
        schedulesPerApp: settings.IMPERAL_SCHEDULES_PER_APP,
        skeletonsAtOnce: settings.IMPERAL_SKELETONS_AT_ONCE,
      },
      callTimeoutSeconds: settings.IMPERAL_CALL_TIMEOUT_S,
      webhookPatienceMs: WEBHOOK_PATIENCE_MS,
      chatPatienceMs: settings.IMPERAL_PROMOTION_THRESHOLD_MS,
      cancelGraceMs: settings.IMPERAL_CANCEL_GRACE_S * 1000,
      confirmationTtlSeconds: settings.IMPERAL_CONFIRMATION_TTL_S,
      scheduleTimeoutSeconds: settings.IMPERAL_EXT_SCHEDULE_TIMEOUT_S,
      hostPerUser: settings.IMPERAL_HOST_PER_USER,
      minimumIsolation: settings.IMPERAL_MINIMUM_ISOLATION,
    },
  })
  closing.add(() => kernel.close())
  facts.countActionsWith(kernel.actionsSince)
  return {
    egress,
    hosts,
    llm,
    vectors: embedder === null ? undefined : new VectorCache(embedder),
    kernel,
    speakThrough: (opened) => {
      chat = opened
    },
    showWork: (source) => {
      otherWork.push(source)
    },
    askThrough: (opened) => {
      ask = opened
    },
    noteRunsWith: (note) => {
      noteRun = note
    },
  }
}

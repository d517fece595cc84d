import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { EXTENSION_PORT, type HandlerKind, type JsonObject, type JsonValue, type KernelPort } from '@imperal/contract'
import { ActionResult, type FunctionContext, generateManifest } from '@imperal/sdk'
import { vi } from 'vitest'
import { testKeyring } from '../../../apps/server/src/foundation/test-keys.ts'
import {
  CallbackError,
  type EgressRequest,
  type HostCall,
  type HostCallbacks,
  HostError,
} from '../../../apps/server/src/modules/hosts/index.ts'
import { type ChatDelivery, kernelLimits } from '../../../apps/server/src/modules/kernel/index.ts'
import { fireSchedule } from '../../../apps/server/src/modules/kernel/schedules/fire-schedule.ts'
import { refreshSection } from '../../../apps/server/src/modules/kernel/skeletons/refresh-skeletons.ts'
import { cancelTask } from '../../../apps/server/src/modules/kernel/tasks/end-from-outside.ts'
import { activeTasks } from '../../../apps/server/src/modules/kernel/tasks/read-tasks.ts'
import {
  chatFunction,
  type Handler,
  openFixture,
  PATIENCE,
} from '../../../apps/server/src/modules/kernel/test-fixture.ts'
import { llmErrors, openLlm } from '../../../apps/server/src/modules/llm/index.ts'
import { openStorage } from '../../../apps/server/src/modules/storage/index.ts'

import { errorToWire } from '../../../packages/sdk/src/errors-wire.ts'
import { offerCallScope } from '../../../packages/sdk/src/testing/call-scope.ts'
import { mountForTest, principalOf } from '../../support/apps.ts'
import { startModelProvider } from '../../support/model-provider.ts'
import type { Bench, Breakable, HttpAnswer } from './bench.ts'
import { garden, nextRelay, RAIN, RELAYS, WEATHER, work } from './garden.ts'

type TaskEnd = Awaited<ReturnType<Bench['taskEnds']>>[number]

const asJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

/** A refusal as the guest hands it to the SDK: plain name, code and detail. */
const asGuestError = (problem: unknown): Error => {
  if (!(problem instanceof CallbackError)) return Object.assign(new Error('platform failure'), { code: 'internal' })
  const { name, code, message, detail } = asJson(problem.wire)
  return Object.assign(new Error(message), { name, code, detail })
}

/** The guest's half of one call, without a process between: what crosses is JSON all the same. */
function portOver(callbacks: HostCallbacks, started: (end: Promise<TaskEnd>) => void): KernelPort {
  return {
    callback: (client, method, args, asUser) =>
      callbacks
        .onCallback({ client, method, args: asJson([...args]), asUser: asUser ?? null })
        .then(asJson, (problem) => {
          throw asGuestError(problem)
        }),
    log: (level, text) => callbacks.onLog({ level, text }),
    async background({ name, longRunning, asUser = null }, run) {
      const task = await callbacks.onBackground?.({ name, longRunning, asUser }).catch((problem: unknown) => {
        throw asGuestError(problem)
      })
      if (task === undefined) throw new Error('no background here')
      const signal = task.signal ?? new AbortController().signal
      started(
        run(portOver(task.callbacks, started), signal, task.taskId).then(
          (value) => {
            task.done({ value: asJson(value) })
            return ActionResult.fromWire(value)
          },
          (problem: unknown) => {
            task.done({ error: asJson(errorToWire(problem)) })
            return String(problem)
          },
        ),
      )
      return task.taskId
    },
  }
}

/** What fails without the database: the fakes around the kernel, and the process of another app. */
const OUTSIDE: ReadonlySet<Breakable> = new Set(['http', 'ai', 'chat', 'extensions'])

/** The outcome of work that a handler runs; the handler itself ends well whatever the test finds. */
function settled<C, T>(does: (ctx: C) => Promise<T>, put: (run: (ctx: C) => Promise<void>) => void): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    put((ctx) => does(ctx).then(resolve, reject))
  })
}

/** Contexts that the kernel's own callbacks answer, over PostgreSQL. Network and model are the only fakes. */
export async function openKernelBench(): Promise<Bench> {
  offerCallScope()
  const fixture = await openFixture()
  let answer: HttpAnswer = {}
  let text = ''
  const down = new Set<string>()
  const requests: { method: string; url: string; body: unknown }[] = []
  const said: ChatDelivery[] = []
  const taken = new Map<string, number>()
  const provider = await startModelProvider(() => ({ text }))
  const llm = openLlm({
    keyring: testKeyring(),
    db: fixture.db,
    log: fixture.log,
    clock: fixture.clock,
    installation: {
      provider: 'openai_compatible',
      model: 'test-model',
      routingModel: null,
      executionModel: null,
      baseUrl: provider.url,
      apiKey: null,
      owner: 'installation',
    },
    ownModel: async () => null,
    fetchFor: () => fetch,
  })
  const files = mkdtempSync(path.join(tmpdir(), 'imperal-files-'))
  const storage = openStorage({
    ...fixture,
    keyring: testKeyring(),
    folder: path.join(files, 'files'),
    publicUrl: 'http://127.0.0.1:4780',
  })
  const node = await fixture.openNode({
    storage,
    deliverChat: async (message) => {
      if (down.has('chat')) throw Object.assign(new Error('the chat is closed'), { code: '57P01' })
      said.push(message)
    },
    settings: { ...fixture.options.settings, limits: kernelLimits('production') },
    limiter: {
      // Windows of a minute, of which no test sees the end.
      take: async (key, limit) => {
        const used = (taken.get(key) ?? 0) + 1
        taken.set(key, used)
        const allowed = used <= limit || !key.startsWith('http:')
        return { allowed, limit, remaining: Math.max(0, limit - used), reset: 30 }
      },
    },
    egress: {
      request: async ({ method, url, body }: EgressRequest) => {
        if (down.has('http')) throw Object.assign(new Error('nobody answers'), { code: 'EGRESS_UNREACHABLE' })
        const sent = body === null || body === undefined ? null : (JSON.parse(String(body)) as unknown)
        requests.push({ method, url, body: sent })
        const { status = 200, json = {} } = answer
        return {
          statusCode: status,
          headers: { 'content-type': 'application/json' },
          body: Buffer.from(JSON.stringify(json)),
          url,
        }
      },
    } as never,
    llm: {
      available: async () => true,
      models: () => llm.models(),
      complete: async (request) => {
        if (down.has('ai')) throw llmErrors.UNAVAILABLE()
        return llm.complete(request)
      },
      createMessage: async (request) => {
        if (down.has('ai')) throw llmErrors.UNAVAILABLE()
        return llm.createMessage(request)
      },
    },
  })
  const ada = await fixture.person({ scopes: ['*'] })
  const bob = await fixture.person({ scopes: ['*'] })
  const owner = await fixture.person()
  await fixture.app('garden-log', asJson(generateManifest(garden)) as unknown as JsonObject, [ada, bob], {
    owner,
  } as never)
  const weather = { exposed: Object.keys(WEATHER).map((name) => ({ name, action_type: 'read' })) }
  const rain = { ...chatFunction(RAIN.name, 'read'), description: RAIN.description }
  await fixture.app('weather', { ...weather, tools: [rain] } as unknown as JsonObject, [ada, bob])

  for (const appId of RELAYS) {
    await fixture.app(appId, { exposed: [{ name: 'on', action_type: 'read' }] } as unknown as JsonObject, [ada, bob])
  }

  let minute = 0
  let tasks: Promise<TaskEnd>[] = []
  const handle = async (kind: HandlerKind, call: HostCall, callbacks: HostCallbacks): Promise<JsonValue> => {
    const { id, name, params, ctx } = call
    const signal = call.signal ?? new AbortController().signal
    const port = portOver(callbacks, (end) => tasks.push(end))
    return garden[EXTENSION_PORT].invoke({ id, kind, name, params, ctx: asJson(ctx), signal }, port)
  }
  // Skeletons are refreshed by a second set of kernel parts, which the fixture assembles over its own hosts.
  const handler = (appId: string, kind: string, name: string, run: Handler) => {
    for (const hosts of [node.hosts, fixture.hosts]) hosts.handlers.set(`${appId} ${kind} ${name}`, run)
  }
  handler('garden-log', 'function', 'work', (call, callbacks) => handle('function', call, callbacks))
  handler('garden-log', 'skeleton', 'beds', (call, callbacks) => handle('skeleton', call, callbacks))
  handler('garden-log', 'schedule', 'work', (call, callbacks) => handle('schedule', call, callbacks))
  handler('garden-log', 'webhook', 'work', (call, callbacks) => handle('webhook', call, callbacks))
  for (const appId of RELAYS) {
    handler(appId, 'expose', 'on', async ({ params }, callbacks) => {
      const left = Number((params as { left?: unknown }).left)
      if (left === 0) return { status: 'success', summary: '', data: { reached: appId } }
      const args = [nextRelay(appId), 'on', { left: left - 1 }]
      try {
        const data = await callbacks.onCallback({ client: 'extensions', method: 'call', args, asUser: null })
        return { status: 'success', summary: '', data }
      } catch (error) {
        // As the SDK of that app would: its own call ends with the sentence.
        return ActionResult.toWire(ActionResult.error(asGuestError(error).message))
      }
    })
  }
  for (const [name, run] of Object.entries(WEATHER)) {
    handler('weather', 'expose', name, ({ params }) => {
      if (down.has('extensions')) throw new HostError('EXT_CRASHED')
      const value = run(params as { day?: unknown })
      return ActionResult.is(value)
        ? ActionResult.toWire(value)
        : { status: 'success', summary: '', data: value as JsonObject }
    })
  }

  handler('weather', 'function', RAIN.name, ({ params }) =>
    ActionResult.toWire(ActionResult.success(RAIN.run(params as { garden?: unknown }), 'Rain')),
  )

  async function runAs<T>(person: typeof ada, does: (ctx: FunctionContext) => Promise<T>): Promise<T> {
    let ran = false
    const ended = settled(does, (run) => {
      work.inFunction = (ctx) => {
        ran = true
        return run(ctx)
      }
    })
    // A test that fails during an outage must not be lost while the call itself is recorded.
    ended.catch(() => {})
    const outcome = await node.kernel.call({
      source: 'api',
      ...person,
      appId: 'garden-log',
      function: 'work',
      params: {},
    })
    if (!ran) throw new Error(`the call never ran: ${outcome.response.error}`)
    return ended
  }

  /** The database refuses the application, as when it restarts. */
  let wasDown = false
  async function databaseDown<T>(does: () => Promise<T>): Promise<T> {
    wasDown = true
    const { name, connection } = fixture.database
    await fixture.rows(`alter database ${name} connection limit 0`)
    await fixture.rows('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = $2', [
      name,
      connection.user,
    ])
    try {
      return await does()
    } finally {
      await fixture.rows(`alter database ${name} connection limit -1`)
    }
  }

  return {
    run: (does) => runAs(ada, does),
    runAsOther: (does) => runAs(bob, does),
    async inSkeleton(does, section = { beds: 2 }) {
      work.section = section
      const ended = settled(does, (run) => {
        work.inSkeleton = run
      })
      const parts = await fixture.assemble()
      await node.state.skeletonEnsure([
        { ...ada, appId: 'garden-log', section: 'beds', data: null, refreshedAt: null, ttl: 300 },
      ] as never)
      await refreshSection(parts, { ...ada, appId: 'garden-log', section: 'beds', ttl: 300 } as never)
      return ended
    },
    async inSchedule(does) {
      const ended = settled(does, (run) => {
        work.inSchedule = run
      })
      ended.catch(() => {})
      minute += 1
      const at = new Date(Date.now() + minute * 60_000)
      const due = { app_id: 'garden-log', schedule: 'work', cron: '* * * * *' }
      // Where the test takes the database away, the end of the run cannot be written down either.
      await fireSchedule(await fixture.assemble({ ...node.options }), due, at).catch((error: unknown) => {
        if (!wasDown) throw error
      })
      await fixture.rows('update kernel.schedule_run set finished_at = now() where finished_at is null')
      await fixture.rows('update kernel.schedule_place set node_id = null')
      return ended
    },
    async inWebhook(does) {
      const ended = settled(does, (run) => {
        work.inWebhook = run
      })
      ended.catch(() => {})
      const app = await mountForTest(node.kernel.routes, () => null)
      const answer = await app.inject({ method: 'POST', url: '/v1/ext/garden-log/webhook/work', payload: {} })
      await app.close()
      if (answer.statusCode >= 400) throw new Error(`the webhook answered ${answer.statusCode}: ${answer.body}`)
      return ended
    },
    async connectable(clientId) {
      const keep = await mountForTest(node.secrets.routes, () => principalOf(owner))
      for (const [name, value] of [
        ['google_client_id', clientId],
        ['google_client_secret', 'client-secret-1'],
      ] as const) {
        const url = `/v1/secrets/garden-log/${name}`
        await keep.inject(value === null ? { method: 'DELETE', url } : { method: 'PUT', url, payload: { value } })
      }
      await keep.close()
    },
    without: async (client, does) => {
      if (!OUTSIDE.has(client)) return databaseDown(does)
      down.add(client)
      return does().finally(() => down.delete(client))
    },
    network(next) {
      answer = next
    },
    requests,
    model(next) {
      text = next
    },
    get notified() {
      return node.notified
    },
    get delivered() {
      return said
    },
    async emitted() {
      const rows = await fixture.ledger({ appId: 'garden-log' })
      return rows.flatMap((row) =>
        typeof row.event_type === 'string' && row.event_type !== '' ? [row.event_type] : [],
      )
    },
    async progressed() {
      const rows = await fixture.rows<{ message: string | null }>('select message from kernel.task')
      return rows.map(({ message }) => message ?? '')
    },
    async cancel() {
      const parts = await fixture.assemble()
      for (const { task_id: id } of await activeTasks(parts, ada.tenantId, ada.userId))
        await cancelTask(parts, ada.tenantId, id)
    },
    async taskEnds() {
      const ends = await Promise.all(tasks)
      tasks = []
      const parts = await fixture.assemble()
      await vi.waitFor(async () => {
        if ((await activeTasks(parts, ada.tenantId, ada.userId)).length > 0) throw new Error('tasks still run')
      }, PATIENCE)
      return ends
    },
    async close() {
      await storage.close()
      await fixture.close()
      rmSync(files, { recursive: true, force: true })
      await provider.close()
    },
  }
}

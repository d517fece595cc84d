import { EXTENSION_PORT, type HandlerKind, type JsonObject } from '@imperal/contract'
import type { FunctionContext } from '@imperal/sdk'
import { callOf, controlsOf, createKernel, ownerOf } from '../../../packages/sdk/src/testing/setup.ts'
import type { Bench, HttpAnswer } from './bench.ts'
import { garden, nextRelay, RAIN, RELAYS, WEATHER, work } from './garden.ts'

type TaskEnd = Awaited<ReturnType<Bench['taskEnds']>>[number]

/** Contexts of the test kit, all over one kernel in memory. */
export async function openMockBench(): Promise<Bench> {
  const options = { extension: garden, userId: 'imp_u_ada' }
  let clientId: string | null = null
  let answer: HttpAnswer = {}
  let text = ''
  let isCancelled = false
  const open = () => {
    const kernel = createKernel({
      ...options,
      secrets: clientId === null ? {} : { google_client_id: clientId, google_client_secret: 'client-secret-1' },
    })
    const controls = controlsOf(kernel, ownerOf(options, 'function'), 'function')
    for (const [method, handler] of Object.entries(WEATHER)) controls.registerMethod('weather', method, handler)
    for (const appId of RELAYS) {
      controls.registerMethod(appId, 'on', ({ left }, { extensions }) =>
        Number(left) > 0 ? extensions.call(nextRelay(appId), 'on', { left: Number(left) - 1 }) : { reached: appId },
      )
    }
    controls.registerTool('weather', RAIN.name, RAIN.run, { description: RAIN.description })
    controls.ai.setResponse(/./, () => text)
    return { kernel, controls }
  }
  let platform = open()
  // A cancellation holds for a whole kernel in memory.
  const kernel = () => {
    if (isCancelled) platform = open()
    isCancelled = false
    return platform.kernel
  }

  /** As a host would call the app: what runs belongs to a call. */
  const invoke = async <C, T>(
    handler: { kind: HandlerKind; name: string; userId?: string },
    does: (ctx: C) => Promise<T>,
    put: (run: (ctx: C) => Promise<void>) => void,
  ) => {
    const { kind, name, userId = options.userId } = handler
    const own = { ...options, userId }
    const ended = Promise.withResolvers<T>()
    put((ctx) => does(ctx).then(ended.resolve, ended.reject))
    const call = callOf(kernel(), own, { kind, name, params: {} })
    const answer = await garden[EXTENSION_PORT].invoke(call, kernel().portFor(ownerOf(own, kind)))
    return { answer, value: await ended.promise }
  }
  const runAs = async <T>(userId: string, does: (ctx: FunctionContext) => Promise<T>): Promise<T> => {
    const { value } = await invoke({ kind: 'function', name: 'work', userId }, does, (run) => {
      work.inFunction = run
    })
    return value
  }

  return {
    run: (does) => runAs(options.userId, does),
    runAsOther: (does) => runAs('imp_u_bob', does),
    async inSkeleton(does, section = { beds: 2 }) {
      work.section = section
      const { answer, value } = await invoke({ kind: 'skeleton', name: 'beds' }, does, (run) => {
        work.inSkeleton = run
      })
      platform.kernel.keepSection('beds', answer as JsonObject)
      return value
    },
    async inSchedule(does) {
      const { value } = await invoke({ kind: 'schedule', name: 'work' }, does, (run) => {
        work.inSchedule = run
      })
      return value
    },
    async inWebhook(does) {
      const { value } = await invoke({ kind: 'webhook', name: '/work' }, does, (run) => {
        work.inWebhook = run
      })
      return value
    },
    async connectable(id) {
      clientId = id
      platform = open()
    },
    async without(client, work) {
      platform.controls.breakDown(
        ...(client === 'events'
          ? ['extensions' as const]
          : client === 'ai'
            ? ['ai' as const, 'llm' as const]
            : [client]),
      )
      try {
        return await work()
      } finally {
        platform.controls.restore()
      }
    },
    network(next) {
      answer = next
      platform.controls.http.mock('*', () => answer === next, next.json ?? {}, { status: next.status ?? 200 })
    },
    get requests() {
      return platform.controls.http.calls
    },
    model(next) {
      text = next
    },
    get notified() {
      return platform.controls.notify.sent
    },
    get delivered() {
      return platform.controls.delivered.map((one) => ({ text: one.text, type: one.msgType }))
    },
    emitted: async () => platform.controls.emitted.map((one) => one.eventType),
    progressed: async () => platform.controls.progressLog.map((one) => one.message),
    async cancel() {
      isCancelled = true
      platform.controls.cancel()
    },
    async taskEnds() {
      const ends: TaskEnd[] = []
      for (;;) {
        try {
          ends.push(...(await platform.controls.drainTasks()))
          return ends
        } catch (error) {
          ends.push(String(error))
        }
      }
    },
    close: async () => {},
  }
}

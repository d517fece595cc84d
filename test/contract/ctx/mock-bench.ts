import { EXTENSION_PORT } from '@imperal/contract'
import type { FunctionContext } from '@imperal/sdk'
import { mockContextOn } from '../../../packages/sdk/src/testing/mock-context.ts'
import { callOf, controlsOf, createKernel, ownerOf } from '../../../packages/sdk/src/testing/setup.ts'
import type { Bench, HttpAnswer } from './bench.ts'
import { garden, RAIN, WEATHER, work } from './garden.ts'

type TaskEnd = Awaited<ReturnType<Bench['taskEnds']>>[number]

/** Contexts of the test kit, all over one kernel in memory. */
export async function openMockBench(): Promise<Bench> {
  const options = { extension: garden, userId: 'imp_u_ada' }
  let answer: HttpAnswer = {}
  let text = ''
  let isCancelled = false
  const open = () => {
    const kernel = createKernel(options)
    const controls = controlsOf(kernel, ownerOf(options, 'function'), 'function')
    for (const [method, handler] of Object.entries(WEATHER)) controls.registerMethod('weather', method, handler)
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
  const runAs = async <T>(userId: string, does: (ctx: FunctionContext) => Promise<T>): Promise<T> => {
    const own = { ...options, userId }
    const ended = Promise.withResolvers<T>()
    work.inFunction = (ctx) => does(ctx).then(ended.resolve, ended.reject)
    const call = callOf(kernel(), own, { kind: 'function', name: 'work', params: {} })
    await garden[EXTENSION_PORT].invoke(call, kernel().portFor(ownerOf(own, 'function')))
    return ended.promise
  }

  return {
    run: (does) => runAs(options.userId, does),
    runAsOther: (does) => runAs('imp_u_bob', does),
    async inSkeleton(does) {
      const value = await does(mockContextOn(kernel(), { ...options, kind: 'skeleton' }))
      platform.kernel.skeletons.set('beds', { beds: 2 })
      return value
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

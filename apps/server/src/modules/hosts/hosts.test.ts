import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { manualClock } from '../../foundation/clock.ts'
import { type BackgroundTask, CallbackError, type HostError, type Hosts, type HostTarget } from './index.ts'
import { STRIKE_MS } from './strikes.ts'
import { artefactOf, bundleOf, callOf, openTestHosts, recorder } from './testing.ts'

let hosts: Hosts
beforeAll(async () => {
  hosts = await openTestHosts()
})
afterAll(() => hosts.close())

const target = (bundle: string, shareKey = 'all'): HostTarget => ({ artefact: artefactOf(bundle), shareKey })
const failure = (promise: Promise<unknown>): Promise<HostError> =>
  promise.then(
    () => expect.fail('it must fail'),
    (error) => error,
  )
const statusOf = (of: HostTarget) => hosts.status().find(({ hash }) => hash === of.artefact.hash)

/** Enough for a call to reach the author's code on a busy machine, before its time is over. */
const LATE_MS = 1_000

/** Resolves once `check` is true; the test's own time limit ends it. */
async function until(check: () => boolean): Promise<void> {
  while (!check()) await new Promise((resolve) => setTimeout(resolve, 5))
}

describe('a call', () => {
  test('[K8.3] runs its handler and returns the value', async () => {
    const echo = target(
      bundleOf({ echo: '(params, kernel, call) => ({ params, kind: call.kind, app: call.ctx.app_id })' }),
    )
    const value = await hosts.call(echo, callOf('echo', { a: [1, 'ä', null] }), recorder())
    expect(value).toEqual({ params: { a: [1, 'ä', null] }, kind: 'function', app: 'probe' })
  })

  test('sends its callbacks to its own callbacks, with the user that the author chose', async () => {
    const store = target(
      bundleOf({
        save: `async (params, kernel) => [
          await kernel.callback('store', 'create', ['deals', params]),
          await kernel.callback('store', 'get', ['deals', 'x'], 'user-2'),
        ]`,
      }),
    )
    const calls = recorder(({ method }) => ({ method }))
    expect(await hosts.call(store, callOf('save', { n: 1 }), calls)).toEqual([{ method: 'create' }, { method: 'get' }])
    expect(calls.seen).toEqual([
      { client: 'store', method: 'create', args: ['deals', { n: 1 }], asUser: null },
      { client: 'store', method: 'get', args: ['deals', 'x'], asUser: 'user-2' },
    ])
  })

  test('a refused callback reaches the author with name, code and detail; a failure of ours as internal', async () => {
    const bundle = bundleOf({
      ask: `async (params, kernel) => {
        try { await kernel.callback('store', params.method, []) }
        catch (error) { return { name: error.name, code: error.code, message: error.message, detail: error.detail ?? null } }
      }`,
    })
    const calls = recorder(({ method }) => {
      if (method === 'get') {
        const wire = { name: 'NotFoundError', code: 'not_found', message: 'No such deal.', detail: { id: 'x' } }
        throw new CallbackError(wire)
      }
      throw new Error('password=hunter2')
    })
    const ask = target(bundle)
    expect(await hosts.call(ask, callOf('ask', { method: 'get' }), calls)).toEqual({
      name: 'NotFoundError',
      code: 'not_found',
      message: 'No such deal.',
      detail: { id: 'x' },
    })
    const internal = await hosts.call(ask, callOf('ask', { method: 'set' }), calls)
    expect(internal).toMatchObject({ code: 'internal' })
    expect(JSON.stringify(internal)).not.toContain('hunter2')
  })

  test('ten at once in one host keep their answers and their logs apart', async () => {
    const mixed = target(
      bundleOf({
        mix: `async (params, kernel) => {
          console.log('begin', params.n)
          const values = await Promise.all([3, 1, 2].map((m) => kernel.callback('store', 'get', [params.n * m])))
          console.warn('end', { n: params.n })
          return values
        }`,
      }),
    )
    const runs = Array.from({ length: 10 }, async (_, n) => {
      const calls = recorder(async ({ args }) => {
        for (let turn = 0; turn < (n * 7) % 5; turn++) await new Promise((resolve) => setImmediate(resolve))
        return `${n}:${args[0]}`
      })
      const value = await hosts.call(mixed, callOf('mix', { n }, { id: 'same-id' }), calls)
      expect(value).toEqual([`${n}:${n * 3}`, `${n}:${n}`, `${n}:${n * 2}`])
      expect(calls.logs).toEqual([
        { level: 'info', text: `begin ${n}` },
        { level: 'warn', text: `end {"n":${n}}` },
      ])
    })
    await Promise.all(runs)
    expect(statusOf(mixed)).toMatchObject({ state: 'ready', calls: 0, restarts: 0 })
  })

  test('many callbacks at once wait in the guest and all are answered', async () => {
    const flood = target(
      bundleOf({
        flood: `async (params, kernel) => {
          const values = await Promise.all(Array.from({ length: 1000 }, (_, n) => kernel.callback('store', 'get', [n])))
          return values.reduce((sum, value) => sum + value, 0)
        }`,
      }),
    )
    let running = 0
    let most = 0
    const calls = recorder(async ({ args }) => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setImmediate(resolve))
      running--
      return args[0] ?? null
    })
    expect(await hosts.call(flood, callOf('flood'), calls)).toBe(499_500)
    expect(most).toBeLessThanOrEqual(64)
  })
})

describe('a failure of author code', () => {
  test('[K8.3] points into the source that the author wrote', async () => {
    const source = `interface Deal { readonly id: string }

function explode(deal: Deal): never {
  throw new TypeError(\`no deal \${deal.id}\`)
}

const port = {
  appId: 'probe',
  version: '1.0.0',
  manifest: () => ({}),
  invoke: async () => explode({ id: 'd1' }),
}
export default { [Symbol.for('imperal.extension.v1')]: port }
`
    const built = await build({
      stdin: { contents: source, sourcefile: 'src/deals.ts', loader: 'ts' },
      bundle: true,
      minify: true,
      write: false,
      format: 'esm',
      sourcemap: 'external',
      outfile: 'out.js',
    })
    const [map, bundle] = ['.map', '.js'].map(
      (end) => built.outputFiles.find(({ path }) => path.endsWith(end))?.text ?? '',
    )
    const artefact = artefactOf(bundle ?? '', { sourceMap: map ?? null })
    const error = await failure(hosts.call({ artefact, shareKey: 'all' }, callOf('any'), recorder()))
    expect(error).toMatchObject({ code: 'EXT_THREW', error: { name: 'TypeError', message: 'no deal d1' } })
    expect(error.error?.stack).toContain('src/deals.ts:4:9')
    expect(error.error?.stack).not.toContain('guest.js')
  })

  test('a deadline ends the call, aborts its signal and leaves the host to others', async () => {
    const slow = target(
      bundleOf({
        wait: `(params, kernel, call) => new Promise((resolve) => call.signal.addEventListener('abort', () => {
          globalThis.reason = call.signal.reason.code
          resolve('too late')
        }))`,
        reason: '() => globalThis.reason ?? null',
      }),
    )
    await hosts.call(slow, callOf('reason'), recorder())
    const pid = statusOf(slow)?.pid
    const late = callOf('wait', {}, { deadline: Date.now() + LATE_MS })
    expect((await failure(hosts.call(slow, late, recorder()))).code).toBe('EXT_TIMEOUT')
    expect(await hosts.call(slow, callOf('reason'), recorder())).toBe('call_aborted')
    expect(statusOf(slow)).toMatchObject({ pid, restarts: 0 })
  })

  test('a signal that is first looked at after the end of its call has aborted, whatever replaced the built-ins', async () => {
    const top = `const { prototype } = AbortController
      globalThis.AbortController = undefined
      prototype.abort = () => {}
      delete prototype.signal`
    const handlers = {
      look: `(params, kernel, call) => new Promise(() => { globalThis.look = () => {
        const { aborted, reason } = call.signal
        return [aborted, reason.code, call.signal === call.signal]
      } })`,
      seen: '() => globalThis.look?.() ?? null',
    }
    const late = target(bundleOf(handlers, top))
    await hosts.call(late, callOf('seen'), recorder())
    const call = callOf('look', {}, { deadline: Date.now() + LATE_MS })
    expect((await failure(hosts.call(late, call, recorder()))).code).toBe('EXT_TIMEOUT')
    expect(await hosts.call(late, callOf('seen'), recorder())).toEqual([true, 'call_aborted', true])
  })

  test('a cancelled call ends at once, and its signal tells the author that the task was cancelled', async () => {
    const task = target(
      bundleOf({
        wait: `(params, kernel, call) => new Promise((resolve) => {
          kernel.log('info', 'waiting')
          call.signal.addEventListener('abort', () => { globalThis.reason = call.signal.reason.name; resolve(null) })
        })`,
        reason: '() => globalThis.reason ?? null',
      }),
    )
    const cancel = new AbortController()
    const calls = recorder(() => null, { onLog: () => cancel.abort() })
    const error = await failure(hosts.call(task, callOf('wait', {}, { signal: cancel.signal }), calls))
    expect(error.code).toBe('EXT_ABORTED')
    expect(await hosts.call(task, callOf('reason'), recorder())).toBe('TaskCancelled')
  })

  test('a call that has ended can do nothing more, even when its code goes on', async () => {
    const after = target(
      bundleOf({
        leave: `(params, kernel, call) => { globalThis.kernel = kernel; return null }`,
        use: `async () => globalThis.kernel.callback('store', 'get', []).then(() => 'got through', (error) => error.code)`,
      }),
    )
    const first = recorder()
    await hosts.call(after, callOf('leave'), first)
    const second = recorder()
    expect(await hosts.call(after, callOf('use'), second)).toBe('call_ended')
    expect([...first.seen, ...second.seen]).toEqual([])
  })

  test('a handler that ignores the end of its call costs its host nothing but itself', async () => {
    const deaf = target(bundleOf({ deaf: '() => new Promise(() => {})', ok: '() => 1' }))
    await hosts.call(deaf, callOf('ok'), recorder())
    const call = callOf('deaf', {}, { deadline: Date.now() + LATE_MS })
    expect((await failure(hosts.call(deaf, call, recorder()))).code).toBe('EXT_TIMEOUT')
    expect(await hosts.call(deaf, callOf('ok'), recorder())).toBe(1)
    // Some seconds later the process that still holds the dead call is replaced, without counting as a crash.
    const { pid } = statusOf(deaf) ?? expect.fail()
    await until(() => statusOf(deaf)?.pid !== pid)
    expect(await hosts.call(deaf, callOf('ok'), recorder())).toBe(1)
    expect(statusOf(deaf)).toMatchObject({ state: 'ready', restarts: 0 })
  })

  test('process.exit ends the host with a sentence that names it, and the next call gets a new one', async () => {
    const exits = target(bundleOf({ exit: '() => process.exit(3)', ok: '() => 1' }))
    const error = await failure(hosts.call(exits, callOf('exit'), recorder()))
    expect(error).toMatchObject({ code: 'EXT_CRASHED', message: expect.stringContaining('process.exit') })
    expect(await hosts.call(exits, callOf('ok'), recorder())).toBe(1)
  })

  const EXITS = bundleOf({
    exit: '() => process.exit(1)',
    ok: '() => 1',
    hold: `(params, kernel) => kernel.callback('store', 'get', [])`,
  })
  const crash = async (of: HostTarget, caller: string, in_ = hosts) =>
    expect((await failure(in_.call(of, callOf('exit', {}, { caller }), recorder()))).code).toBe('EXT_CRASHED')
  const works = (of: HostTarget, caller: string, in_ = hosts) =>
    in_.call(of, callOf('ok', {}, { caller }), recorder()).then(
      () => true,
      ({ code }: HostError) => code,
    )

  test('three crashes by one caller switch a version off for that caller alone, until it is deployed again', async () => {
    const broken = target(EXITS)
    expect(await works(broken, 'grace')).toBe(true)
    for (let count = 0; count < 3; count++) await crash(broken, 'ada')
    expect(await works(broken, 'ada')).toBe('EXT_DISABLED_FOR_CALLER')
    expect(await works(broken, 'grace')).toBe(true)
    expect(await works({ ...broken, shareKey: 'other' }, 'ada')).toBe(true)
    hosts.drain('probe', broken.artefact.hash)
    expect(await works(broken, 'ada')).toBe(true)
  })

  test('whoever crashed a shared process goes on alone: the next crash ends no call of others', async () => {
    const broken = target(EXITS)
    const hold = () => {
      const entered = Promise.withResolvers<void>()
      const gate = Promise.withResolvers<string>()
      const calls = recorder(() => {
        entered.resolve()
        return gate.promise
      })
      return {
        entered: entered.promise,
        gate,
        result: hosts.call(broken, callOf('hold', {}, { caller: 'grace' }), calls),
      }
    }
    const first = hold()
    await first.entered
    await crash(broken, 'ada')
    expect((await failure(first.result)).code).toBe('EXT_CRASHED')
    // Either may have done it, so both are apart now and nobody else is.
    const second = hold()
    await second.entered
    expect(await works(broken, 'alan')).toBe(true)
    for (let count = 0; count < 3; count++) await crash(broken, 'ada')
    expect(await works(broken, 'ada')).toBe('EXT_DISABLED_FOR_CALLER')
    second.gate.resolve('held')
    expect(await second.result).toBe('held')
    const processes = hosts.status().filter(({ hash }) => hash === broken.artefact.hash)
    expect(processes.map(({ apart }) => apart).sort()).toEqual(['grace', null])
  })

  test('a version that crashes for most of those who call it is off for all, until it is deployed again', async () => {
    const broken = target(EXITS)
    for (const caller of ['ada', 'grace', 'alan']) for (let count = 0; count < 3; count++) await crash(broken, caller)
    expect(await works(broken, 'edsger')).toBe('EXT_DISABLED')
    expect(statusOf(broken)).toMatchObject({ state: 'disabled', lastError: 'EXT_CRASHED' })
    hosts.drain('probe', broken.artefact.hash)
    expect(await works(broken, 'edsger')).toBe(true)
  })

  test('a background task that crashes its process counts against whoever started it', async () => {
    const broken = target(
      bundleOf({
        start: `(params, kernel) => kernel.background({ name: 'x', longRunning: false }, async () => process.exit(1))`,
        ok: '() => 1',
      }),
    )
    for (let count = 0; count < 3; count++) {
      const finished = Promise.withResolvers<unknown>()
      const task = {
        taskId: `task_${count}`,
        deadline: Date.now() + 20_000,
        done: finished.resolve,
        callbacks: recorder(),
      }
      const callbacks = recorder(() => null, { onBackground: async () => task })
      await hosts.call(broken, callOf('start'), callbacks).catch(() => {}) // the process may end before it answers
      expect(await finished.promise).toMatchObject({ error: { code: 'EXT_CRASHED' } })
    }
    expect(await works(broken, 'ada')).toBe('EXT_DISABLED_FOR_CALLER')
    expect(await works(broken, 'grace')).toBe(true)
  })

  test('crashes of long ago do not count', async () => {
    const clock = manualClock()
    const aged = await openTestHosts({ clock })
    try {
      const broken = target(EXITS)
      for (const wait of [0, 0, STRIKE_MS, 0, STRIKE_MS]) {
        clock.advance(wait)
        await crash(broken, 'ada', aged)
      }
      expect(await works(broken, 'ada', aged)).toBe(true)
    } finally {
      await aged.close()
    }
  })

  test('code that cannot be loaded is tried three times in an hour, whoever calls', async () => {
    const clock = manualClock()
    const aged = await openTestHosts({ clock })
    try {
      const broken = target('throw new Error("at the top")')
      for (const caller of ['ada', 'grace', 'alan']) expect(await works(broken, caller, aged)).toBe('EXT_START_FAILED')
      expect(await works(broken, 'ada', aged)).toBe('EXT_DISABLED')
      clock.advance(STRIKE_MS)
      expect(await works(broken, 'ada', aged)).toBe('EXT_START_FAILED')
    } finally {
      await aged.close()
    }
  })
})

describe('a background task', () => {
  const bundle = bundleOf({
    start: `(params, kernel) => kernel.background({ name: 'report', longRunning: true }, async (port, signal, id) => {
      const value = await port.callback('store', 'get', ['later'])
      if (params.wait) await new Promise((resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
      return { id, value }
    })`,
    visible: `(params, kernel) => {
      const seen = []
      Object.defineProperty(Object.prototype, 'then', {
        configurable: true,
        get() { if (this !== null && 'token' in this) seen.push(this.token); return undefined },
      })
      return kernel.background({ name: 'x', longRunning: false }, async () => 1).then((id) => {
        delete Object.prototype.then
        return seen
      })
    }`,
  })

  const starting = (more: Partial<BackgroundTask> = {}) => {
    const calls = recorder((frame) => frame.args[0] ?? null)
    const finished = Promise.withResolvers<unknown>()
    const options: unknown[] = []
    const task = { taskId: 'task_1', deadline: Date.now() + 20_000, done: finished.resolve, callbacks: calls, ...more }
    const callbacks = recorder(() => null, {
      onBackground: async (asked) => {
        options.push(asked)
        return task
      },
    })
    return { callbacks, calls, options, finished: finished.promise }
  }

  test('outlives its call, under its own id and its own callbacks', async () => {
    const { callbacks, calls, options, finished } = starting()
    expect(await hosts.call(target(bundle), callOf('start'), callbacks)).toBe('task_1')
    expect(await finished).toEqual({ value: { id: 'task_1', value: 'later' } })
    expect(options).toEqual([{ name: 'report', longRunning: true, asUser: null }])
    expect(calls.seen).toHaveLength(1)
    expect(callbacks.seen).toEqual([])
  })

  test('ends at its own deadline, and when it is cancelled', async () => {
    const late = starting({ deadline: Date.now() + 200 })
    await hosts.call(target(bundle), callOf('start', { wait: true }), late.callbacks)
    expect(await late.finished).toMatchObject({ error: { code: 'EXT_TIMEOUT' } })
    const cancel = new AbortController()
    const cancelled = starting({ signal: cancel.signal })
    await hosts.call(target(bundle), callOf('start', { wait: true }), cancelled.callbacks)
    cancel.abort()
    expect(await cancelled.finished).toMatchObject({ error: { code: 'EXT_ABORTED' } })
  })

  test('its capability is never shown to author code', async () => {
    const { callbacks } = starting()
    expect(await hosts.call(target(bundle), callOf('visible'), callbacks)).toEqual([])
  })
})

describe('the life of hosts', () => {
  test('a redeploy finishes what runs on the old version, then stops it', async () => {
    const bundle = bundleOf({ hold: `(params, kernel) => kernel.callback('store', 'get', [])`, ok: '() => 1' })
    const old = { artefact: artefactOf(bundle, { appId: 'drained' }), shareKey: 'all' }
    const next = { artefact: artefactOf(bundle, { appId: 'drained' }), shareKey: 'all' }
    const gate = Promise.withResolvers<string>()
    const entered = Promise.withResolvers<void>()
    const held = hosts.call(
      old,
      callOf('hold'),
      recorder(() => {
        entered.resolve()
        return gate.promise
      }),
    )
    await entered.promise
    const { pid } = statusOf(old) ?? expect.fail()
    hosts.drain('drained', next.artefact.hash)
    expect(await hosts.call(next, callOf('ok'), recorder())).toBe(1)
    expect(() => process.kill(pid ?? 0, 0)).not.toThrow()
    gate.resolve('finished')
    expect(await held).toBe('finished')
    await until(() => !alive(pid ?? 0))
    expect(statusOf(old)).toBeUndefined()
  })

  test('describe returns what the code declares and leaves no process; a throwing module says where', async () => {
    expect(await hosts.describe(artefactOf(bundleOf({ a: '() => 1' })))).toEqual({ app_id: 'probe', tools: ['a'] })
    const error = await failure(hosts.describe(artefactOf('\nthrow new RangeError("at the top")')))
    expect(error).toMatchObject({ code: 'EXT_START_FAILED', message: expect.stringContaining('at the top') })
    expect(error.error).toMatchObject({ name: 'RangeError', stack: expect.stringContaining('extension.js:2:7') })
    const syntax = await failure(hosts.describe(artefactOf('const = 1')))
    expect(syntax.error?.name).toBe('SyntaxError')
    const missing = await failure(hosts.describe(artefactOf('export const a = 1')))
    expect(missing.message).toContain('exports no extension')
    expect((await failure(hosts.describe(artefactOf('import "left-pad"')))).message).toContain('left-pad')
  })

  test('hosts above the cap give way, the longest unused first; an idle one is stopped', async () => {
    const few = await openTestHosts({ maxLive: 2, idleMs: 1 })
    try {
      const bundle = bundleOf({ ok: '() => 1' })
      const targets = [target(bundle), target(bundle), target(bundle)]
      for (const one of targets) await few.call(one, callOf('ok'), recorder())
      expect(few.status().length).toBeLessThanOrEqual(3)
      await until(() => few.status().every(({ state }) => state === 'stopped'))
      expect(await few.call(target(bundle), callOf('ok'), recorder())).toBe(1)
    } finally {
      await few.close()
    }
  })

  test('different share keys never share a process', async () => {
    const count = target(bundleOf({ count: '() => { globalThis.n = (globalThis.n ?? 0) + 1; return globalThis.n }' }))
    const keys = ['tenant-a', 'tenant-b', 'tenant-a']
    const values = []
    for (const shareKey of keys) values.push(await hosts.call({ ...count, shareKey }, callOf('count'), recorder()))
    expect(values).toEqual([1, 1, 2])
  })
})

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

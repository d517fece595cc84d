import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Hosts } from '../../../apps/server/src/modules/hosts/index.ts'
import { callOf, openTestHosts, recorder } from '../../../apps/server/src/modules/hosts/testing.ts'
import { availableWrappers, hostile } from './levels.ts'

const wrappers = await availableWrappers()

/**
 * Replaces every built-in that a careless guest would use, and notes each argument and `this` that passes. A secret
 * of the guest in the notes would be a capability of another call.
 */
const SPY = `
import { AsyncLocalStorage } from 'node:async_hooks'
const notes = []
const note = (...values) => { for (let at = 0; at < values.length; at++) notes[notes.length] = values[at] }
const spy = (owner, name) => {
  const native = owner[name]
  Object.defineProperty(owner, name, { configurable: true, writable: true, value(...args) {
    note(this, ...args)
    return Reflect.apply(native, this, args)
  } })
}
const owners = {
  json: [JSON, ['parse', 'stringify']],
  array: [Array.prototype, ['push', 'join', 'map', 'slice', 'shift', 'forEach', 'at', 'concat']],
  map: [Map.prototype, ['get', 'set', 'delete', 'has']],
  weakMap: [WeakMap.prototype, ['get', 'set', 'has']],
  set: [Set.prototype, ['add', 'delete', 'has']],
  promise: [Promise.prototype, ['then', 'catch', 'finally']],
  promises: [Promise, ['resolve', 'reject', 'all']],
  string: [String.prototype, ['slice', 'replace', 'charCodeAt', 'concat', 'toString']],
  functions: [Function.prototype, ['call', 'apply', 'bind']],
  object: [Object, ['keys', 'assign', 'freeze', 'hasOwn', 'entries', 'fromEntries', 'defineProperty']],
  socket: [WebSocket.prototype, ['send', 'accept', 'close', 'addEventListener']],
  target: [EventTarget.prototype, ['addEventListener', 'dispatchEvent']],
  headers: [Headers.prototype, ['set', 'get', 'append']],
  abort: [AbortController.prototype, ['abort']],
  storage: [AsyncLocalStorage.prototype, ['run', 'getStore', 'enterWith', 'exit']],
}
const SpiedRequest = new Proxy(globalThis.Request, { construct(target, args, self) { note(...args); return Reflect.construct(target, args, self) } })
Reflect.defineProperty(globalThis, 'Request', { configurable: true, writable: true, value: SpiedRequest })
const reflectApply = Reflect.apply
for (const [owner, names] of Object.values(owners)) for (const name of names) if (owner[name]) spy(owner, name)
for (const name of ['toJSON', 'error', 'detail', 'as_user', 'token', 'then', 'retryable', 'asUser', 'value']) {
  Object.defineProperty(Object.prototype, name, { configurable: true, get() { note(this); return undefined }, set(v) {
    note(this, v)
    Reflect.defineProperty(this, name, { __proto__: null, configurable: true, writable: true, enumerable: true, value: v })
  } })
}
Array.prototype[Symbol.iterator] = ((native) => function () { note(this); return reflectApply(native, this, []) })(Array.prototype[Symbol.iterator])
const deep = (value, seen = new WeakSet()) => {
  if (typeof value === 'string') return [value]
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return []
  seen.add(value)
  const found = []
  for (const key of Reflect.ownKeys(value)) {
    try { for (const text of deep(value[key], seen)) found[found.length] = text } catch {}
  }
  if (value instanceof Headers) for (const [name, text] of value) found[found.length] = text
  return found
}
export const collected = () => {
  const copy = notes.splice(0)
  const found = []
  for (let at = 0; at < copy.length; at++) for (const text of deep(copy[at])) found[found.length] = text
  return found
}
`

describe.each(wrappers)('behind %s', (wrapper) => {
  let hosts: Hosts
  beforeAll(async () => {
    hosts = await openTestHosts({ wrapper })
  })
  afterAll(() => hosts.close())

  test('built-ins that author code replaced neither break the guest nor show it a capability', async () => {
    const target = hostile(
      {
        work: `async (params, kernel) => {
          console.log('working', params.n)
          const value = await kernel.callback('store', 'get', [params.n])
          const task = await kernel.background({ name: 'later', longRunning: false }, async () => null)
          await fetch('http://127.0.0.1:9/').catch(() => {})
          return { value, task }
        }`,
        spoils:
          '() => [...new Set(collected().filter((text) => /[A-Za-z0-9_-]{24}/.test(text) && /[0-9]/.test(text)))]',
        count: '() => collected().length',
      },
      SPY,
    )
    const work = async (n: number): Promise<void> => {
      const calls = recorder(({ args }) => args[0] ?? null, {
        onBackground: async () => ({
          taskId: `task-${n}`,
          deadline: Date.now() + 5000,
          done: () => {},
          callbacks: recorder(),
        }),
      })
      expect(await hosts.call(target, callOf('work', { n }), calls)).toEqual({ value: n, task: `task-${n}` })
      expect(calls.logs).toEqual([{ level: 'info', text: `working ${n}` }])
    }
    await Promise.all([1, 2, 3, 4].map(work))
    expect(await hosts.call(target, callOf('spoils'), recorder())).toEqual([])
    await work(5)
    // The spies do work: what author code itself does with its own values they see.
    expect(await hosts.call(target, callOf('count'), recorder())).toBeGreaterThan(0)
  })

  test('a call cannot act in the name of another call in the same host', async () => {
    const target = hostile({
      hold: `(params, kernel, call) => { globalThis.other = { kernel, call }; return kernel.callback('store', 'get', ['hold']) }`,
      steal: `async () => {
        const { kernel, call } = globalThis.other
        const names = Reflect.ownKeys(globalThis).map(String).filter((k) => /call|token|send|imperal/i.test(k))
        const shape = Object.getPrototypeOf(call)
        const seen = [Object.keys(kernel), Object.keys(call), Reflect.ownKeys(shape), Object.isFrozen(shape), names]
        try { kernel.callback = () => {} } catch {}
        // Code without a ctx finds its own call there, and nobody can put another one in its place.
        const scope = Symbol.for('imperal.call-scope.v1')
        try { globalThis[scope] = { current: () => globalThis.other } } catch {}
        try { Object.defineProperty(globalThis, scope, { value: null }) } catch {}
        try { globalThis[scope].current = () => globalThis.other } catch {}
        const found = globalThis[scope].current()
        seen.push([found.port === kernel, found.ctx === call.ctx, Object.isFrozen(globalThis[scope])])
        return JSON.stringify(seen)
      }`,
    })
    const gate = Promise.withResolvers<null>()
    const entered = Promise.withResolvers<void>()
    const held = hosts.call(
      target,
      callOf('hold'),
      recorder(() => {
        entered.resolve()
        return gate.promise
      }),
    )
    await entered.promise
    const seen = String(await hosts.call(target, callOf('steal'), recorder()))
    expect(JSON.parse(seen)).toEqual([
      ['callback', 'log', 'background'],
      ['id', 'kind', 'name', 'params', 'ctx'],
      ['constructor', 'signal'],
      true,
      ['Symbol(imperal.call-scope.v1)'],
      [false, false, true],
    ])
    gate.resolve(null)
    expect(await held).toBeNull()
  })
})

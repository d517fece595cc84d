import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { HostError, Hosts, HostTarget } from '../../../apps/server/src/modules/hosts/index.ts'
import { callOf, openTestHosts, recorder } from '../../../apps/server/src/modules/hosts/testing.ts'
import { availableWrappers, hostile, neighbourDuring } from './levels.ts'

const wrappers = await availableWrappers()

/** Each handler tries to take more than its share; the codes are those that may end it. */
const BOMBS: Readonly<Record<string, { readonly code: string; readonly ends: readonly string[] }>> = {
  'an endless loop': { code: '() => { for (;;); }', ends: ['EXT_HUNG'] },
  'an endless loop of promises': { code: 'async () => { for (;;) await null }', ends: ['EXT_HUNG'] },
  'a fork of promises': {
    code: `() => { const fork = () => Promise.resolve().then(() => { fork(); fork() }); fork(); return new Promise(() => {}) }`,
    ends: ['EXT_HUNG', 'EXT_OUT_OF_MEMORY'],
  },
  'a regular expression that backtracks': {
    code: `() => /^(a+)+$/.test('a'.repeat(64) + '!')`,
    ends: ['EXT_HUNG'],
  },
  'a wait that blocks the thread': {
    code: '() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60000)',
    ends: ['EXT_HUNG', 'EXT_THREW'],
  },
  'a million timers': {
    code: `() => { for (let n = 0; n < 1e6; n++) setInterval(() => {}, 0); return new Promise(() => {}) }`,
    ends: ['EXT_HUNG', 'EXT_OUT_OF_MEMORY', 'EXT_THREW', 'EXT_TIMEOUT'],
  },
  'objects without end': {
    code: '() => { const all = []; for (;;) all.push({ n: all.length, text: "x" + all.length }) }',
    ends: ['EXT_OUT_OF_MEMORY', 'EXT_HUNG'],
  },
  'buffers without end': {
    code: '() => { const all = []; for (;;) all.push(new Uint8Array(8 << 20).fill(1)) }',
    ends: ['EXT_THREW', 'EXT_OUT_OF_MEMORY', 'EXT_HUNG'],
  },
  'a string without end': {
    code: '() => { let all = "x"; for (;;) { all += all; all.charCodeAt(all.length - 1) } }',
    ends: ['EXT_OUT_OF_MEMORY', 'EXT_THREW', 'EXT_HUNG'],
  },
  'a recursion without end': { code: '() => { const again = () => again() + 1; return again() }', ends: ['EXT_THREW'] },
  'a result of 100 MB': { code: `() => 'x'.repeat(100 << 20)`, ends: ['RESULT_TOO_LARGE'] },
  'a result of 100 MB in pieces': {
    code: `() => { const piece = 'x'.repeat(1 << 20); return Array.from({ length: 100 }, () => piece) }`,
    ends: ['RESULT_TOO_LARGE'],
  },
  'a result of bytes': { code: '() => new Uint8Array(50 << 20)', ends: ['RESULT_TOO_LARGE'] },
  'a result a little over a megabyte of UTF-8': { code: `() => 'ä'.repeat(600000)`, ends: ['RESULT_TOO_LARGE'] },
  'a result that holds itself': { code: '() => { const a = {}; a.a = a; return a }', ends: ['EXT_THREW'] },
  'a result nested without end': {
    code: '() => { let a = null; for (let n = 0; n < 1e5; n++) a = [a]; return a }',
    ends: ['EXT_THREW'],
  },
  'a thrown string': { code: `() => { throw 'plain text' }`, ends: ['EXT_THREW'] },
  'a thrown null': { code: '() => { throw null }', ends: ['EXT_THREW'] },
  'a thrown symbol': { code: `() => { throw Symbol('s') }`, ends: ['EXT_THREW'] },
  'a thrown function': { code: '() => { throw () => {} }', ends: ['EXT_THREW'] },
  'a thrown getter bomb': {
    code: `() => { throw Object.defineProperties({}, Object.fromEntries(['name', 'message', 'code', 'stack', 'detail', 'retryable', 'toString'].map((k) => [k, { get() { throw new Error('bomb') } }]))) }`,
    ends: ['EXT_THREW'],
  },
  'a thrown proxy': {
    code: `() => { throw new Proxy({}, new Proxy({}, { get: () => () => { throw new Error('trap') } })) }`,
    ends: ['EXT_THREW'],
  },
  'a thrown revoked proxy': {
    code: '() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); throw proxy }',
    ends: ['EXT_THREW'],
  },
  'an error whose text is a megabyte': { code: `() => { throw new Error('x'.repeat(1 << 20)) }`, ends: ['EXT_THREW'] },
  'an error whose members are objects': {
    code: `() => { throw { name: {}, message: { toString() { for (;;); } }, code: 7, stack: [], detail: () => 1 } }`,
    ends: ['EXT_THREW'],
  },
  'an error whose detail is huge': {
    code: `() => { throw Object.assign(new Error('e'), { detail: { all: 'x'.repeat(10 << 20) } }) }`,
    ends: ['EXT_THREW'],
  },
  'a stack that a hook makes': {
    code: `() => { Error.prepareStackTrace = () => ({ toString() { throw 1 } }); throw new Error('e') }`,
    ends: ['EXT_THREW'],
  },
  'a rejected thenable': {
    code: `() => ({ then(_, reject) { reject({ get message() { throw 1 } }) } })`,
    ends: ['EXT_THREW'],
  },
}

const ENDS_THE_CALL_ONLY = new Set(['EXT_THREW', 'RESULT_TOO_LARGE'])

describe.each(wrappers)('behind %s', (wrapper) => {
  // What must not end its host is tried in one host, one after the other.
  const together = hostile(Object.fromEntries(Object.entries(BOMBS).map(([title, { code }]) => [title, code])))
  let hosts: Hosts
  beforeAll(async () => {
    hosts = await openTestHosts({ wrapper })
  })
  afterAll(() => hosts.close())

  test.each(Object.entries(BOMBS))(
    '%s ends in a clear error while a neighbour answers',
    async (title, { code, ends }) => {
      const gentle = ends.every((code) => ENDS_THE_CALL_ONLY.has(code))
      const target = gentle ? together : hostile({ [title]: code })
      let error: HostError | undefined
      const attack = async (): Promise<void> => {
        const call = callOf(title, {}, { deadline: Date.now() + (gentle ? 30_000 : 6_000) })
        error = await hosts.call(target, call, recorder()).then(
          (value) => expect.fail(`it returned ${JSON.stringify(value).slice(0, 100)}`),
          (problem) => problem,
        )
      }
      expect(await neighbourDuring(hosts, attack)).toBeGreaterThan(0)
      expect(ends).toContain(error?.code)
      expect(error?.message).toMatch(/^[A-Z].*\.$/s)
      expect(JSON.stringify(error?.error ?? {}).length).toBeLessThan(100_000)
    },
  )

  test('a flood of log lines is cut, and the call still answers', async () => {
    const target = hostile({
      flood: `() => { for (let n = 0; n < 20000; n++) console.log('line', n, 'x'.repeat(500)); return 'done' }`,
    })
    const calls = recorder()
    await neighbourDuring(hosts, async () => {
      expect(await hosts.call(target, callOf('flood'), calls)).toBe('done')
    })
    const total = calls.logs.reduce((sum, { text }) => sum + text.length, 0)
    expect(total).toBeLessThan(300 * 1024)
    expect(calls.logs.at(-1)?.text).toContain('dropped')
  })

  test('code that goes on computing after its call is ended with its host', async () => {
    const target = hostile({
      leave: `() => { setInterval(() => { const end = performance.timeOrigin; for (let n = 0; n < 3e7; n++); }, 0); return null }`,
      ok: '() => 1',
    })
    await hosts.call(target, callOf('leave'), recorder())
    await new Promise<void>((resolve) => {
      const look = (): void => (restartsOf(hosts, target) > 0 ? resolve() : void setTimeout(look, 50))
      look()
    })
    expect(await hosts.call(target, callOf('ok'), recorder())).toBe(1)
  })
})

const restartsOf = (hosts: Hosts, target: HostTarget): number =>
  hosts.status().find(({ hash }) => hash === target.artefact.hash)?.restarts ?? 0

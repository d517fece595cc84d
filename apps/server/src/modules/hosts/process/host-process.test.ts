import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MAX_CALLBACKS_IN_FLIGHT, MAX_FRAME_BYTES } from '@imperal/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEgress } from '../egress/create-egress.ts'
import { createParent } from '../isolation/folders.ts'
import { findWorkerd, readMachine } from '../isolation/machine.ts'
import { wrappersOf } from '../isolation/wrappers.ts'
import { artefactOf, callOf, recorder } from '../testing.ts'
import { compileConfig } from './host-config.ts'
import { HostProcess } from './host-process.ts'
import { Runtimes } from './runtimes.ts'
import type { Launcher } from './start-runtime.ts'

/**
 * A guest that author code has taken over: it sees every frame and sends whatever it likes. `onCall(call, send)` is
 * the attack.
 */
const hostileGuest = (onCall: string): string => `
export default {
  fetch() {
    const [client, server] = Object.values(new WebSocketPair())
    server.accept()
    const send = (frame) => server.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
    const attack = ${onCall}
    const waiting = new Map()
    server.addEventListener('message', (event) => {
      const frame = JSON.parse(event.data)
      if (frame.t === 'ping') send({ t: 'pong', n: frame.n })
      if (frame.t === 'call') attack(frame, send, waiting)
      if (frame.t === 'cbr') waiting.get(frame.id)?.(frame)
    })
    send({ t: 'ready', app_id: 'x', version: '1', manifest: {} })
    return new Response(null, { status: 101, webSocket: client })
  },
}`

let runtimeDir: string
let launcher: Omit<Launcher, 'config'>
const egress = createEgress()

beforeAll(() => {
  runtimeDir = mkdtempSync(join(tmpdir(), 'hosts-'))
  const wrapper = wrappersOf(readMachine()).at(-1) ?? expect.fail()
  const folder = createParent(runtimeDir, false)
  launcher = { wrapper, program: findWorkerd(), folder, users: null, memoryMb: 64, dataBytes: 1e9, egress }
})
afterAll(async () => {
  await egress.close()
  rmSync(runtimeDir, { recursive: true })
})

const silent = { info: () => {}, warn: () => {}, error: () => {} }

async function attacked(onCall: string, calls = recorder()) {
  const { program, folder, memoryMb } = launcher
  const config = await compileConfig(program, { folder, guest: hostileGuest(onCall), memoryMb })
  const options = { runtimes: new Runtimes({ ...launcher, config }), log: silent, onModuleLog: () => {} }
  const host = new HostProcess({ ...options, artefact: artefactOf('') })
  await host.start('serve')
  const outcome = await host.call(callOf('any'), calls).then(
    (value) => ({ value }),
    (error) => ({ code: error.code }),
  )
  host.stop()
  await host.ended
  return { outcome, calls }
}

describe('a guest that is not ours any more', () => {
  test('a callback with a made-up capability, or with that of another call, does nothing', async () => {
    const { outcome, calls } = await attacked(`async (call, send, waiting) => {
      const ask = (id, frame) => new Promise((resolve) => { waiting.set(id, resolve); send({ t: 'cb', id, client: 'store', method: 'get', args: [], ...frame }) })
      const answers = [
        await ask(1, { call: call.id, token: 'A'.repeat(24) }),
        await ask(2, { call: 'another', token: call.token }),
        await ask(3, { call: call.id, token: '' }),
      ]
      send({ t: 'ret', id: call.id, result: answers.map(({ error }) => error.code) })
    }`)
    expect(outcome).toEqual({ value: ['call_ended', 'call_ended', 'call_ended'] })
    expect(calls.seen).toEqual([])
  })

  test('a return for a call that it does not run settles nothing', async () => {
    const { outcome } = await attacked(`(call, send) => {
      send({ t: 'ret', id: 'another', result: 1 })
      send({ t: 'ret', id: call.id, result: 2 })
      send({ t: 'ret', id: call.id, result: 3 })
    }`)
    expect(outcome).toEqual({ value: 2 })
  })

  test('keys that would set a prototype are dropped', async () => {
    const { outcome } = await attacked(`(call, send) => send(
      '{"t":"ret","id":' + JSON.stringify(call.id) + ',"result":{"a":1,"__proto__":{"admin":true},"\\\\u005f_proto__":{"admin":true}}}')`)
    const { value } = outcome as { value: object }
    expect(Reflect.ownKeys(value)).toEqual(['a'])
  })

  const GARBAGE = {
    'no JSON': `(call, send) => send('{"t":')`,
    'an unknown frame': `(call, send) => send({ t: 'root' })`,
    'a frame with wrong members': `(call, send) => send({ t: 'cb', id: 'x', call: 1 })`,
    'a frame beyond the limit': `(call, send) => send({ t: 'ret', id: call.id, result: 'x'.repeat(${MAX_FRAME_BYTES}) })`,
    'more callbacks than it may have': `(call, send) => { for (let id = 1; id <= ${MAX_CALLBACKS_IN_FLIGHT + 1}; id++) send({ t: 'cb', id, call: call.id, token: call.token, client: 'store', method: 'get', args: [] }) }`,
    'a flood of frames of no call': `(call, send) => { for (let n = 0; n < 6000; n++) send({ t: 'log', call: 'none', level: 'info', text: '' }) }`,
  }
  test.each(Object.entries(GARBAGE))('%s ends it with a clear code', async (_, onCall) => {
    const forever = recorder(() => new Promise(() => {}))
    expect((await attacked(onCall, forever)).outcome).toEqual({ code: 'EXT_PROTOCOL' })
    expect(readdirSync(join(runtimeDir, 'hosts'))).toEqual([])
  })

  test('an answer beyond the frame limit becomes an error of its callback', async () => {
    const huge = recorder(() => 'x'.repeat(MAX_FRAME_BYTES))
    const { outcome } = await attacked(
      `(call, send, waiting) => {
        waiting.set(1, ({ error }) => send({ t: 'ret', id: call.id, result: error.code }))
        send({ t: 'cb', id: 1, call: call.id, token: call.token, client: 'store', method: 'get', args: [] })
      }`,
      huge,
    )
    expect(outcome).toEqual({ value: 'too_large' })
  })
})

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildGuest } from '@imperal/host'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createEgress } from '../egress/create-egress.ts'
import { createParent, PID_FILE } from '../isolation/folders.ts'
import { findWorkerd, readMachine } from '../isolation/machine.ts'
import { wrappersOf } from '../isolation/wrappers.ts'
import { compileConfig } from './host-config.ts'
import { Runtimes } from './runtimes.ts'

let runtimeDir: string
let folder: string
let runtimes: Runtimes
const egress = createEgress()

beforeEach(async () => {
  runtimeDir = mkdtempSync(join(tmpdir(), 'hosts-'))
  folder = createParent(runtimeDir, false)
  const wrapper = wrappersOf(readMachine()).at(-1) ?? expect.fail()
  const program = findWorkerd()
  const config = await compileConfig(program, { folder, guest: buildGuest(), memoryMb: 64 })
  runtimes = new Runtimes({ wrapper, program, folder, users: null, memoryMb: 64, dataBytes: 1e9, egress, config })
})
afterEach(async () => {
  await runtimes.close()
  rmSync(runtimeDir, { recursive: true })
})

async function until(check: () => boolean): Promise<void> {
  while (!check()) await new Promise((resolve) => setTimeout(resolve, 5))
}

/** Every process folder, with the pid of its process. */
const processes = (): number[] =>
  readdirSync(folder)
    .map((name) => join(folder, name, PID_FILE))
    .filter((path) => existsSync(path))
    .map((path) => Number(readFileSync(path, 'utf8')))

const quietFor = (ticks: number): void => {
  for (let tick = 0; tick < ticks; tick++) runtimes.tick(true)
}

test('a spare is made when nothing starts, is one alone, and is what the next taker gets', async () => {
  for (let tick = 0; tick < 10; tick++) runtimes.tick(false)
  expect(processes()).toEqual([])
  quietFor(10)
  await until(() => processes().length === 1)
  const [pid] = processes()
  const launch = await runtimes.take()
  expect(launch.child.pid).toBe(pid)
  quietFor(10)
  await until(() => processes().length === 2)
  launch.kill()
  await launch.gone
  expect(processes()).toHaveLength(1)
})

test('takers at once never share a spare', async () => {
  quietFor(2)
  const launches = await Promise.all(Array.from({ length: 5 }, () => runtimes.take()))
  expect(new Set(launches.map(({ child }) => child.pid)).size).toBe(5)
  for (const launch of launches) launch.kill()
  await Promise.all(launches.map(({ gone }) => gone))
  expect(processes()).toEqual([])
})

test('a spare that died is not handed out, and is made again', async () => {
  quietFor(2)
  await until(() => processes().length === 1)
  const [pid] = processes()
  process.kill(pid ?? 0, 'SIGKILL')
  await until(() => processes().length === 0)
  const launch = await runtimes.take()
  expect(launch.child.pid).not.toBe(pid)
  launch.kill()
  await launch.gone
  quietFor(4)
  await until(() => processes().length === 1)
  expect(processes()).not.toEqual([pid])
})

test('closing leaves no process and no folder, and makes no spare again', async () => {
  quietFor(2)
  await runtimes.close()
  quietFor(10)
  expect(readdirSync(folder)).toEqual([])
})

test('a spare ends when its input does, as it does when the server is gone', async () => {
  const launch = await runtimes.take()
  launch.child.stdin?.end()
  await launch.gone
  expect(launch.usable()).toBe(false)
  expect(readdirSync(folder)).toEqual([])
})

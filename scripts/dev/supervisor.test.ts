import { type ChildProcess, spawn } from 'node:child_process'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Supervisor } from './supervisor.ts'

// A busy machine takes its time to start a process.
const PATIENCE = { timeout: 30_000 }

let supervisor: Supervisor
let servers: ChildProcess[]
let builds: number
let overlaps: number
let buildCode: number
let said: string[]

const node = (code: string): ChildProcess => spawn(process.execPath, ['-e', code], { stdio: 'ignore' })

beforeEach(() => {
  servers = []
  builds = 0
  overlaps = 0
  buildCode = 0
  said = []
  supervisor = new Supervisor({
    build: () => {
      builds += 1
      return node(`process.exit(${buildCode})`)
    },
    serve: () => {
      overlaps += servers.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null).length
      const server = node('setInterval(() => {}, 1000)')
      servers.push(server)
      return server
    },
    say: (line) => said.push(line),
  })
})
afterEach(() => supervisor.stop())

test('a save ends the old server before the next one starts', async () => {
  supervisor.restart()
  await vi.waitFor(() => expect(servers).toHaveLength(1), PATIENCE)
  supervisor.restart()
  await vi.waitFor(() => expect(servers).toHaveLength(2), PATIENCE)
  expect(servers[0]?.signalCode).toBe('SIGTERM')
  expect(overlaps).toBe(0)
})

test('many saves during a build lead to one more round', async () => {
  for (let save = 0; save < 10; save++) supervisor.restart()
  await vi.waitFor(() => expect(servers).toHaveLength(2), PATIENCE)
  await supervisor.stop()
  expect({ builds, overlaps }).toEqual({ builds: 2, overlaps: 0 })
})

test('a failed build keeps the running server', async () => {
  supervisor.restart()
  await vi.waitFor(() => expect(servers).toHaveLength(1), PATIENCE)
  buildCode = 1
  supervisor.restart()
  await vi.waitFor(() => expect(said).toHaveLength(1), PATIENCE)
  expect(servers).toHaveLength(1)
  expect(servers[0]?.signalCode).toBeNull()
})

test('where nobody saves, a first round that failed is the end, and a later one is not', async () => {
  const gaveUp: string[] = []
  const unattended = (exitCode: number, serverCode: number) =>
    new Supervisor({
      build: () => node(`process.exit(${exitCode})`),
      serve: () => node(`process.exit(${serverCode})`),
      say: (line) => said.push(line),
      giveUp: () => gaveUp.push(`${exitCode} ${serverCode}`),
    })
  for (const [build, server] of [
    [1, 0],
    [0, 1],
  ] as const) {
    const one = unattended(build, server)
    one.restart()
    await vi.waitFor(() => expect(gaveUp).toContain(`${build} ${server}`), PATIENCE)
    one.restart()
    await one.stop()
  }
  expect(gaveUp).toHaveLength(2)
  expect(said[0]).toBe('the build failed; nobody is there to save again, so this ends')
})

test('stop ends the server, and nothing starts afterwards', async () => {
  supervisor.restart()
  await vi.waitFor(() => expect(servers).toHaveLength(1), PATIENCE)
  await supervisor.stop()
  supervisor.restart()
  expect(servers).toHaveLength(1)
  expect(servers[0]?.signalCode).toBe('SIGTERM')
})

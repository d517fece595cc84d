import { type ChildProcess, spawn } from 'node:child_process'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Supervisor } from './supervisor.ts'

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
  await vi.waitFor(() => expect(servers).toHaveLength(1))
  supervisor.restart()
  await vi.waitFor(() => expect(servers).toHaveLength(2))
  expect(servers[0]?.signalCode).toBe('SIGTERM')
  expect(overlaps).toBe(0)
})

test('many saves during a build lead to one more round', async () => {
  for (let save = 0; save < 10; save++) supervisor.restart()
  await vi.waitFor(() => expect(servers).toHaveLength(2))
  await supervisor.stop()
  expect({ builds, overlaps }).toEqual({ builds: 2, overlaps: 0 })
})

test('a failed build keeps the running server', async () => {
  supervisor.restart()
  await vi.waitFor(() => expect(servers).toHaveLength(1))
  buildCode = 1
  supervisor.restart()
  await vi.waitFor(() => expect(said).toHaveLength(1))
  expect(servers).toHaveLength(1)
  expect(servers[0]?.signalCode).toBeNull()
})

test('stop ends the server, and nothing starts afterwards', async () => {
  supervisor.restart()
  await vi.waitFor(() => expect(servers).toHaveLength(1))
  await supervisor.stop()
  supervisor.restart()
  expect(servers).toHaveLength(1)
  expect(servers[0]?.signalCode).toBe('SIGTERM')
})

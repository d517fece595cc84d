import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { type HostArtefact, type Hosts, openHosts } from '../apps/server/src/modules/hosts/index.ts'
import { artefactOf, callOf, recorder } from '../apps/server/src/modules/hosts/testing.ts'
import { type Echo, startEcho } from './bare-echo.ts'

/**
 * `npm run bench -- hosts`: what a host costs. Cold start (until the module is loaded, or until the first call is
 * answered), the same in a row without a pause in which a spare could be made, a warm call with one callback, and the
 * private memory of a host that has answered one call, all with the SDK in the bundle.
 */

const COLD_STARTS = 15
/** Between two cold starts, so that each finds a spare process as it would on a server that is not busy starting. */
const REST_MS = 1500
const WARM_CALLS = 4000
/** Warm calls and bare round trips alternate in turns of so many, so that both meet the machine in the same moods. */
const TURN = 200
const WARM_UP = 800
const IDLE_HOSTS = 5

const EXTENSION = `
import { ActionResult, ChatExtension, Extension } from '@imperal/sdk'
import * as z from 'zod'
export const ext = new Extension('bench', {
  version: '1.0.0', displayName: 'Bench', description: 'Measures what a call into an extension costs, and nothing else.',
  icon: 'icon.svg', capabilities: ['bench:write'],
})
const chat = new ChatExtension(ext, { toolName: 'bench', description: 'Measures calls.' })
const params = z.object({ title: z.string() })
chat.function('add', { description: 'Writes one document and returns its id.', params, actionType: 'write', effects: ['create:item'] },
  async (ctx, { title }) => {
    const document = await ctx.store.create('items', { title })
    return ActionResult.success({ id: document.id }, { summary: 'Added.' })
  })
`

const DOCUMENT = {
  id: 'doc_1',
  collection: 'items',
  data: { title: 'x' },
  etag: 'e1',
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
  user_id: 'u1',
  tenant_id: 'default',
  extension_id: 'bench',
}

async function bundle(): Promise<string> {
  const result = await build({
    stdin: {
      contents: EXTENSION,
      loader: 'ts',
      resolveDir: fileURLToPath(new URL('../extensions/notes', import.meta.url)),
    },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'import'],
    minify: true,
  })
  return result.outputFiles[0]?.text ?? ''
}

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN

const middle = (values: readonly number[]): number =>
  percentile(
    [...values].sort((a, b) => a - b),
    0.5,
  )

function line(what: string, values: readonly number[], unit: string): void {
  const sorted = [...values].sort((a, b) => a - b)
  const [p50, p99] = [0.5, 0.99].map((share) => percentile(sorted, share).toFixed(2))
  console.log(`${what.padEnd(44)} p50 ${p50} ${unit}   p99 ${p99} ${unit}   (${values.length} samples)`)
}

async function once(hosts: Hosts, artefact: HostArtefact): Promise<number> {
  const calls = recorder(() => DOCUMENT)
  const call = callOf('add', { title: 'x' })
  const began = performance.now()
  const value = await hosts.call({ artefact, shareKey: 'bench' }, call, calls)
  const took = performance.now() - began
  if ((value as { status?: string }).status !== 'success') throw new Error(`The call failed: ${JSON.stringify(value)}`)
  return took
}

async function firstCall(hosts: Hosts, artefact: HostArtefact): Promise<number> {
  const took = await once(hosts, artefact)
  hosts.drain('bench', null)
  return took
}

async function untilReady(hosts: Hosts, artefact: HostArtefact): Promise<number> {
  await once(hosts, artefact)
  const took = hosts.status().find(({ hash }) => hash === artefact.hash)?.startedMs ?? Number.NaN
  hosts.drain('bench', null)
  return took
}

const repeat = async (times: number, run: () => Promise<number>): Promise<number[]> => {
  const all: number[] = []
  for (let n = 0; n < times; n++) all.push(await run())
  return all
}

async function throughput(hosts: Hosts, artefact: HostArtefact, callers: number): Promise<number> {
  const began = performance.now()
  await Promise.all(
    Array.from({ length: callers }, () => repeat(Math.ceil(WARM_CALLS / callers), () => once(hosts, artefact))),
  )
  return WARM_CALLS / ((performance.now() - began) / 1000)
}

/** A level of isolation that this machine offers, opened to be measured. */
interface Opened {
  readonly name: string
  readonly hosts: Hosts
  close(): Promise<void>
}

const WRAPPERS = ['bubblewrap', 'unshare-root', 'unshare', 'plain'] as const
const silent = { info: () => {}, warn: () => {}, error: () => {} }

async function openLevel(wrapper: (typeof WRAPPERS)[number], runtimeDir: string): Promise<Opened | null> {
  try {
    const hosts = await openHosts({ runtimeDir, log: silent, wrapper })
    return { name: `${wrapper} (${hosts.isolation().level})`, hosts, close: () => hosts.close() }
  } catch (problem) {
    console.log(`${wrapper}: ${(problem as Error).message}`)
    return null
  }
}

async function coldStarts({ name, hosts }: Opened, code: string): Promise<void> {
  const fresh = (): HostArtefact => artefactOf(code, { appId: 'bench' })
  await once(hosts, fresh())
  const rested = async (run: () => Promise<number>): Promise<number> => {
    await delay(REST_MS)
    return run()
  }
  console.log(`\n${name}`)
  line('cold host, ready', await repeat(COLD_STARTS, () => rested(() => untilReady(hosts, fresh()))), 'ms')
  line('cold host, first call', await repeat(COLD_STARTS, () => rested(() => firstCall(hosts, fresh()))), 'ms')
  line('cold hosts in a row, each ready', await repeat(COLD_STARTS, () => untilReady(hosts, fresh())), 'ms')
  hosts.drain('bench', null)
  for (let n = 0; n < IDLE_HOSTS; n++) await once(hosts, fresh())
  const memory = hosts
    .status()
    .flatMap(({ privateDirtyKb }) => (privateDirtyKb === null ? [] : [privateDirtyKb / 1024]))
  line('idle host after one call, Private_Dirty', memory, 'MB')
  hosts.drain('bench', null)
}

/**
 * A call is one round trip and its callback another. All levels take turns with the bare processes, so that none is
 * measured by a server that has compiled less of itself, or by a machine in another mood.
 */
async function warmCalls(levels: readonly Opened[], code: string, echo: Echo): Promise<void> {
  const runs = levels.map((level) => ({
    ...level,
    artefact: artefactOf(code, { appId: 'bench' }),
    took: [] as number[],
  }))
  const bare: number[] = []
  for (const { hosts, artefact } of runs) await repeat(WARM_UP, () => once(hosts, artefact))
  await repeat(WARM_UP, () => echo.trips(2))
  while (bare.length < WARM_CALLS) {
    for (const { hosts, artefact, took } of runs) took.push(...(await repeat(TURN, () => once(hosts, artefact))))
    bare.push(...(await repeat(TURN, () => echo.trips(2))))
  }
  console.log('\nwarm call with one callback, one caller; the levels take turns')
  line('two round trips of bare processes', bare, 'ms')
  for (const { name, took } of runs) line(name, took, 'ms')
  for (const { name, took } of runs) {
    console.log(
      `${`bare round trips by warm call (p50), ${name}`.padEnd(64)} ratio ${(middle(bare) / middle(took)).toFixed(2)}`,
    )
  }
  for (const { name, hosts, artefact } of runs) {
    const perSecond = [await throughput(hosts, artefact, 1), await throughput(hosts, artefact, 16)].map(Math.round)
    console.log(`${`${name}, 1 and 16 at once`.padEnd(44)} ${perSecond.join(' and ')} calls/s`)
  }
}

const code = await bundle()
console.log(`bundle with the SDK: ${Math.round(code.length / 1024)} KB`)
const folders = WRAPPERS.map(() => mkdtempSync(join(tmpdir(), 'bench-')))
const levels: Opened[] = []
try {
  for (const [at, wrapper] of WRAPPERS.entries()) {
    const level = await openLevel(wrapper, folders[at] as string)
    if (level !== null) levels.push(level)
  }
  for (const level of levels) await coldStarts(level, code)
  const echo = await startEcho(folders[0] as string)
  await warmCalls(levels, code, echo).finally(() => echo.close())
} finally {
  await Promise.all(levels.map((level) => level.close()))
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
}

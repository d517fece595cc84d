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

/** A call is one round trip and its callback another. */
async function warmBesideBare(hosts: Hosts, artefact: HostArtefact, echo: Echo): Promise<void> {
  const warm: number[] = []
  const bare: number[] = []
  while (warm.length < WARM_CALLS) {
    warm.push(...(await repeat(TURN, () => once(hosts, artefact))))
    bare.push(...(await repeat(TURN, () => echo.trips(2))))
  }
  line('warm call with one callback, one caller', warm, 'ms')
  line('two round trips of bare processes', bare, 'ms')
  const [ours, theirs] = [warm, bare].map((values) =>
    percentile(
      [...values].sort((a, b) => a - b),
      0.5,
    ),
  )
  console.log(`${'bare round trips by warm call (p50)'.padEnd(44)} ratio ${((theirs ?? 0) / (ours ?? 1)).toFixed(2)}`)
}

async function measure(hosts: Hosts, code: string, echo: Echo): Promise<void> {
  const fresh = (): HostArtefact => artefactOf(code, { appId: 'bench' })
  await once(hosts, fresh())
  const rested = async (run: () => Promise<number>): Promise<number> => {
    await delay(REST_MS)
    return run()
  }
  line('cold host, ready', await repeat(COLD_STARTS, () => rested(() => untilReady(hosts, fresh()))), 'ms')
  line('cold host, first call', await repeat(COLD_STARTS, () => rested(() => firstCall(hosts, fresh()))), 'ms')
  line('cold hosts in a row, each ready', await repeat(COLD_STARTS, () => untilReady(hosts, fresh())), 'ms')
  const warm = fresh()
  await repeat(500, () => once(hosts, warm))
  await repeat(500, () => echo.trips(2))
  await warmBesideBare(hosts, warm, echo)
  for (const callers of [1, 16]) {
    const perSecond = await throughput(hosts, warm, callers)
    console.log(`${`warm calls, ${callers} at once`.padEnd(44)} ${Math.round(perSecond)} calls/s`)
  }
  hosts.drain('bench', null)
  for (let n = 0; n < IDLE_HOSTS; n++) await once(hosts, fresh())
  const memory = hosts
    .status()
    .flatMap(({ privateDirtyKb }) => (privateDirtyKb === null ? [] : [privateDirtyKb / 1024]))
  line('idle host after one call, Private_Dirty', memory, 'MB')
}

const silent = { info: () => {}, warn: () => {}, error: () => {} }
const code = await bundle()
console.log(`bundle with the SDK: ${Math.round(code.length / 1024)} KB`)
for (const wrapper of ['bubblewrap', 'unshare-root', 'unshare', 'plain'] as const) {
  const runtimeDir = mkdtempSync(join(tmpdir(), 'bench-'))
  try {
    const hosts = await openHosts({ runtimeDir, log: silent, wrapper })
    const { level } = hosts.isolation()
    console.log(`\n${wrapper} (${level})`)
    const echo = await startEcho(runtimeDir)
    await measure(hosts, code, echo).finally(() => {
      echo.close()
      return hosts.close()
    })
  } catch (problem) {
    console.log(`\n${wrapper}: ${(problem as Error).message}`)
  } finally {
    rmSync(runtimeDir, { recursive: true, force: true })
  }
}

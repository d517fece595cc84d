import { writeFileSync, mkdirSync, existsSync, rmSync, readFileSync } from 'node:fs'
import { spawn, execFileSync } from 'node:child_process'
import { build } from 'esbuild'
import { buildGuest } from '@imperal/host'
import { writeHostFiles } from '/work/main/apps/server/src/modules/hosts/process/host-config.ts'
import { openConnection } from '/work/main/apps/server/src/modules/hosts/process/connection.ts'
import { findWorkerd } from '/work/main/apps/server/src/modules/hosts/isolation/machine.ts'
import { fileURLToPath } from 'node:url'
const EXT = /const EXTENSION = `([\s\S]*?)`\n/.exec(readFileSync(new URL('file:///work/main/bench/hosts.ts'),'utf8'))![1]
const r = await build({ stdin: { contents: EXT, loader: 'ts', resolveDir: fileURLToPath(new URL('file:///work/main/extensions/notes')) }, bundle: true, write: false, format: 'esm', platform: 'neutral', mainFields: ['module','main'], conditions: ['import'], minify: true })
const bundle = r.outputFiles[0]!.text
const guest = await buildGuest()
const W = findWorkerd()
const ms = () => performance.now()
const delay = (n: number) => new Promise((r) => setTimeout(r, n))
async function ready(sock: string): Promise<[number, number]> {
  const t = ms()
  while (!existsSync(sock)) await delay(1)
  const up = ms() - t
  await new Promise<void>(async (resolve) => {
    for (;;) try { const c = await openConnection({ socket: sock, path: '/' }, { message: (m) => { if (m.includes('"ready"')) { resolve(); setImmediate(() => c.close()) } else console.log(m) }, failed: console.log, closed: () => {} }); break } catch { await delay(1) }
  })
  return [up, ms() - t]
}
let n = 0
const folderOf = () => { const f = `/tmp/hx/f${n++}`; rmSync(f, { recursive: true, force: true }); mkdirSync(f); return f }
const env = {}
async function text() { const f = folderOf(); const t = ms(); const files = writeHostFiles(f, { guest, bundle, memoryMb: 64 }); const c = spawn(W, ['serve', files.config], { env, stdio: ['ignore', 'ignore', 'inherit'] }); const [up, all] = await ready(files.inSocket); const total = ms() - t; c.kill('SIGKILL'); return [up, total] }

import { readFileSync as rf } from 'node:fs'
async function ready2(sock: string): Promise<number[]> {
  const t = ms()
  while (!existsSync(sock)) await delay(1)
  const up = ms() - t
  let opened = 0
  const msgs: string[] = []
  await new Promise<void>(async (resolve) => {
    for (;;) try { const c = await openConnection({ socket: sock, path: '/' }, { message: (m) => { if (m.includes('"ready"')) { resolve(); setImmediate(() => c.close()) } else console.log(m) }, failed: console.log, closed: () => {} }); opened = ms() - t; break } catch { await delay(1) }
  })
  return [up, opened, ms() - t]
}
const med = (a: number[]) => a.sort((x, y) => x - y)[a.length >> 1]!.toFixed(1)
const prep = (mut: (s: string) => string, b = bundle) => { const f = folderOf(); const files = writeHostFiles(f, { guest, bundle: b, memoryMb: 64 }); writeFileSync(files.config, mut(rf(files.config, 'utf8'))); return execFileSync(W, ['compile', '--config-only', files.config], { maxBuffer: 1e9 }) }
async function run(binary: Buffer) { const f = folderOf(); const c = spawn(W, ['serve', '--binary', '-', '--socket-addr', `in=unix:${f}/in.sock`, '--external-addr', `egress=unix:${f}/egress.sock`], { env, stdio: ['pipe', 'ignore', 'inherit'] }); await delay(120); const dirty0 = /Private_Dirty:\s+(\d+)/.exec(rf(`/proc/${c.pid}/smaps_rollup`, 'utf8'))![1]; const t = ms(); c.stdin!.end(binary); const r = await ready2(`${f}/in.sock`); const st = rf(`/proc/${c.pid}/stat`,'utf8').split(') ')[1]!.split(' '); await delay(20); const dirty = /Private_Dirty:\s+(\d+)/.exec(rf(`/proc/${c.pid}/smaps_rollup`, 'utf8'))![1]; c.kill('SIGKILL'); return [...r, Number(dirty0), Number(dirty)] }
const small = 'export const ext = {[Symbol.for("imperal.extension.v1")]:{appId:"p",version:"1",manifest:()=>({}),invoke:async()=>1}}'
const variants: [string, Buffer][] = [
  ['base', prep((s) => s)],
  ['small bundle', prep((s) => s, small)],
  ['semi 4', prep((s) => s.replace('max-semi-space-size=1', 'max-semi-space-size=4'))],
  ['noflags', prep((s) => s.replace(/v8Flags = \[.*\],/, ''))],
  ['single-threaded', prep((s) => s.replace('v8Flags = [', 'v8Flags = ["--single-threaded-gc", '))],
  ['lite', prep((s) => s.replace('v8Flags = [', 'v8Flags = ["--lite-mode", '))],
  ['no-opt', prep((s) => s.replace('v8Flags = [', 'v8Flags = ["--max-lazy", '))],
]
for (let round = 0; round < 2; round++) for (const [name, b] of variants) { const out = []; for (let i = 0; i < 9; i++) out.push(await run(b)); console.log(name.padEnd(16), ['socket', 'open', 'ready', 'spareKB', 'readyKB'].map((w, i) => `${w} ${med(out.map((x) => x[i]!))}`).join('  ')) }
process.exit()

import { command } from './bootstrap/prepare.mjs'
import { Stopped } from './bootstrap/runtime.mjs'

// What a signal ended by itself: the server would have said so in its own words.
const INTERRUPTED = new Map([
  [130, 'SIGINT'],
  [143, 'SIGTERM'],
])
const unlessStopped = (code) => {
  const signal = INTERRUPTED.get(code)
  if (signal !== undefined) throw new Stopped(signal)
  return code
}

await command(async ({ run }) => {
  const built = unlessStopped(await run(['scripts/build/main.ts']))
  if (built !== 0) return built
  // Most of what a call makes is gone when it ends: with room for it the collector has little to copy.
  const server = ['--max-semi-space-size=64', 'apps/server/src/main.ts', ...process.argv.slice(2)]
  return unlessStopped(await run(server, { bound: true }))
})

import { command } from './bootstrap/prepare.mjs'

await command(async ({ run }) => {
  const built = await run(['scripts/build/main.ts'])
  if (built !== 0) return built
  // Most of what a call makes is gone when it ends: with room for it the collector has little to copy.
  return run(['--max-semi-space-size=64', 'apps/server/src/main.ts', ...process.argv.slice(2)], { bound: true })
})

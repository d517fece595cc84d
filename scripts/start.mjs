import { command } from './bootstrap/prepare.mjs'

await command(async ({ run }) => {
  const built = await run(['scripts/build/main.ts'])
  if (built !== 0) return built
  return run(['apps/server/src/main.ts', ...process.argv.slice(2)], { bound: true })
})

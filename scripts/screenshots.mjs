import { command } from './bootstrap/prepare.mjs'

await command(async ({ run }) => {
  const built = await run(['scripts/build/main.ts'])
  return built === 0 ? run(['scripts/screenshots/main.ts', ...process.argv.slice(2)]) : built
})

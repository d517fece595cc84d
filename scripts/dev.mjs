import { command } from './bootstrap/prepare.mjs'

await command(async ({ run }) => {
  const built = await run(['scripts/build/main.ts', '--development'])
  return built === 0 ? run(['scripts/dev/main.ts'], { bound: true }) : built
})

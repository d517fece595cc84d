import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { command } from './bootstrap/prepare.mjs'

await command(async ({ checkout, run }) => {
  const folder = path.join(checkout, 'bench')
  const [name, ...args] = process.argv.slice(2)
  if (name === undefined || !/^[a-z0-9-]+$/.test(name) || !existsSync(path.join(folder, `${name}.ts`))) {
    const names = readdirSync(folder)
      .filter((file) => file.endsWith('.ts'))
      .map((file) => file.slice(0, -3))
    throw new Error(`Usage: npm run bench -- <name>, where the name is one of: ${names.join(', ')}`)
  }
  const built = await run(['scripts/build/main.ts'])
  return built === 0 ? run([`bench/${name}.ts`, ...args]) : built
})

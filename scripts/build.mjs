import { command } from './bootstrap/prepare.mjs'

await command(({ run }) => run(['scripts/build/main.ts', ...process.argv.slice(2)]))

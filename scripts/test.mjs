import { command } from './bootstrap/prepare.mjs'

await command(({ run }) => run(['scripts/test/main.ts', ...process.argv.slice(2)]))

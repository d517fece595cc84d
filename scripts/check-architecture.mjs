import { command } from './bootstrap/prepare.mjs'

await command(({ run }) => run(['scripts/architecture/main.ts']))

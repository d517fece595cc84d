import { command } from './bootstrap/prepare.mjs'

await command(({ run }) => run(['scripts/docs/main.ts']))

import { command } from './bootstrap/prepare.mjs'

await command(({ run }) => run(['scripts/dev/main.ts'], { bound: true }))

import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { PAGES } from './tables.ts'

const root = path.resolve(import.meta.dirname, '../..')
for (const [file, render] of Object.entries(PAGES)) {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
  writeFileSync(path.join(root, file), render())
}

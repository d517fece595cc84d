// After an `npm install` from a registry that lacks packages of other systems: node scripts/lock/main.ts
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { completePackages, findMissing } from './complete.ts'

const file = path.resolve(import.meta.dirname, '../../package-lock.json')
const lock = JSON.parse(readFileSync(file, 'utf8'))
const missing = findMissing(lock.packages)
if (missing.length > 0) {
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: completePackages(lock.packages) }, null, 2)}\n`)
}
process.stdout.write(`${missing.length} packages of other systems added to package-lock.json\n`)

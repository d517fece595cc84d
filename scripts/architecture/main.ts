// Holds every source file against the rules in house.ts: node scripts/check-architecture.mjs
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { checkArchitecture } from './check.ts'
import { checkEveryTenant } from './check-every-tenant.ts'
import { PACKAGES } from './house.ts'

const checkout = path.resolve(import.meta.dirname, '../..')
const NOT_OURS = /(^|\/)(node_modules|dist|fixtures|templates|\.imperal-[a-z]+)(\/|$)/

const files = Object.keys(PACKAGES)
  .flatMap((folder) => globSync(`${folder}/**/*.{ts,tsx}`, { cwd: checkout, exclude: (name) => NOT_OURS.test(name) }))
  .filter((file) => !NOT_OURS.test(file))
  .sort()
const sources = files.map((file) => ({ file, code: readFileSync(path.join(checkout, file), 'utf8') }))
const violations = [...checkArchitecture(sources), ...checkEveryTenant(sources)]
for (const { file, line, problem, wayOut } of violations) {
  process.stdout.write(`${file}:${line}  ${problem}\n  Way out: ${wayOut}\n`)
}
process.stdout.write(`${files.length} files, ${violations.length} against the rules of the house\n`)
process.exitCode = violations.length === 0 ? 0 : 1

// Brings everything up to date: node scripts/build.mjs [--force] [--development] [target …]
import path from 'node:path'
import { parseArgs } from 'node:util'
import { sweepAbandoned } from './stage.ts'
import { bringUpToDate } from './stamps.ts'
import { allTargets } from './targets.ts'

const checkout = path.resolve(import.meta.dirname, '../..')
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { force: { type: 'boolean', default: false }, development: { type: 'boolean', default: false } },
})

// In development Vite serves the panel from its sources.
const targets = allTargets(checkout).filter(
  ({ name }) => (!values.development || name !== 'panel') && (positionals.length === 0 || positionals.includes(name)),
)
sweepAbandoned(path.join(checkout, '.imperal-build'))
const started = performance.now()
let built = 0
for (const target of targets) {
  const before = performance.now()
  try {
    if (!(await bringUpToDate(checkout, target, values.force))) continue
  } catch (error) {
    process.stderr.write(`Could not build ${target.title}:\n${error instanceof Error ? error.message : error}\n`)
    process.exit(1)
  }
  built += 1
  process.stdout.write(`Built ${target.title} (${((performance.now() - before) / 1000).toFixed(1)} s)\n`)
}
// The bundler leaves a process of its own behind that waits for more.
if (built > 0) await (await import('esbuild')).stop()
if (built > 1) process.stdout.write(`Build finished in ${((performance.now() - started) / 1000).toFixed(1)} s\n`)

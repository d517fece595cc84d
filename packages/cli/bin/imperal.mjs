#!/usr/bin/env node
// In a checkout the command line runs from its sources, which needs a Node that reads TypeScript; the pinned one does.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const source = new URL('../src/index.ts', import.meta.url)
const built = new URL('../dist/imperal.js', import.meta.url)
const pinned = fileURLToPath(
  new URL(`../../../node_modules/node-${process.platform}-${process.arch}/bin/node`, import.meta.url),
)

if (existsSync(built)) {
  await import(built.href)
} else if (process.features.typescript) {
  await import(source.href)
} else if (existsSync(pinned)) {
  const child = spawn(pinned, [fileURLToPath(source), ...process.argv.slice(2)], { stdio: 'inherit' })
  // A terminal sends Ctrl-C to both processes; a signal from elsewhere reaches this one only.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'))
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)))
} else {
  process.stderr.write(
    'This checkout is not installed yet, so there is no Node that can run its sources. Run `npm install`, or `npm run build` and install the tarball from .imperal-build/packages.\n',
  )
  process.exitCode = 1
}

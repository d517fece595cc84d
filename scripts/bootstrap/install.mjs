import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Stopped } from './runtime.mjs'

const HEARTBEAT_MS = 15_000

const stampOf = (checkout) => path.join(checkout, 'node_modules/.imperal-install')
const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'))

const lockHash = (checkout) =>
  createHash('sha256')
    .update(readFileSync(path.join(checkout, 'package-lock.json')))
    .digest('hex')

/**
 * Whether npm's record of what lies in node_modules answers the lock file, package by package.
 * Packages for other systems are optional and may be missing.
 */
export function isSatisfied(wanted, installed) {
  return Object.entries(wanted).every(([place, entry]) => {
    if (!place.startsWith('node_modules/') && !place.includes('/node_modules/')) return true
    const found = installed[place]
    if (found === undefined) return entry.optional === true || entry.devOptional === true
    return found.link === true || found.version === entry.version
  })
}

/** True when `npm ci` has nothing to do. A checkout that somebody installed by hand is recognised, not installed again. */
export function isInstalled(checkout) {
  const record = path.join(checkout, 'node_modules/.package-lock.json')
  if (!existsSync(record)) return false
  const stamp = stampOf(checkout)
  const hash = lockHash(checkout)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return true
  const wanted = readJson(path.join(checkout, 'package-lock.json')).packages
  if (!isSatisfied(wanted, readJson(record).packages)) return false
  writeFileSync(stamp, hash)
  return true
}

function npmCommand() {
  const script = process.env.npm_execpath
  if (script?.endsWith('.js') && path.basename(script).startsWith('npm')) return [process.execPath, [script]]
  return ['npm', []]
}

// NODE_ENV=production would leave out what the build needs.
const ARGUMENTS = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']

async function runNpm(checkout, say) {
  const [program, args] = npmCommand()
  const child = spawn(program, [...args, ...ARGUMENTS], { cwd: checkout, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const keep = (chunk) => {
    output = (output + chunk).slice(-20_000)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  let signal = null
  const stop = (name) => {
    signal = name
    child.kill(name)
  }
  process.on('SIGINT', stop).on('SIGTERM', stop)
  const started = Date.now()
  const heartbeat = setInterval(() => {
    say(`  still installing (${Math.round((Date.now() - started) / 1000)} s)`)
  }, HEARTBEAT_MS)
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      keep(error.message)
      resolve(1)
    })
    child.once('close', (status) => resolve(status ?? 1))
  })
  clearInterval(heartbeat)
  process.off('SIGINT', stop).off('SIGTERM', stop)
  return { code, output: output.trim(), signal }
}

/** Runs `npm ci` when the checkout needs it. Throws an Error with npm's own words when that fails. */
export async function installIfNeeded(checkout, say) {
  if (isInstalled(checkout)) return
  say('Installing packages (the first time this takes a minute or two) …')
  const { code, output, signal } = await runNpm(checkout, say)
  if (signal !== null) throw new Stopped(signal)
  if (code !== 0) throw new Error(`npm ci failed:\n${output}`)
  writeFileSync(stampOf(checkout), lockHash(checkout))
}

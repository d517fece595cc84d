import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

const canRun = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** The browser of this machine for the browser tests; `IMPERAL_TEST_CHROMIUM` names another. */
export function findChromium(): string | undefined {
  const named = process.env.IMPERAL_TEST_CHROMIUM
  return [...(named === undefined ? [] : [named]), ...PLACES].find(canRun)
}

const APT = ['-o', 'DPkg::Lock::Timeout=300']
const INSTALL = ['install', '-y', '--no-install-recommends', 'chromium', 'bubblewrap']

function apt(args: readonly string[]): string | undefined {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const run = spawnSync('apt-get', [...APT, ...args], { encoding: 'utf8', env })
  if (run.status === 0) return undefined
  const last = `${run.error?.message ?? ''}${run.stderr ?? ''}`.trim().split('\n').at(-1)
  return `apt-get ${args[0]} failed: ${last ?? run.status}`
}

/**
 * Finds Chromium, or installs it together with bubblewrap where that is possible: as root on Debian.
 * @returns why there is none, or undefined when there is one
 */
export function ensureChromium(say: (line: string) => void): string | undefined {
  if (findChromium() !== undefined) return undefined
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) {
    return 'there is no Chromium on this machine, and it can only be installed as root on Debian'
  }
  say('Installing Chromium for the browser tests …')
  return (
    apt(['update', '-q']) ?? apt(INSTALL) ?? (findChromium() === undefined ? 'apt-get installed no browser' : undefined)
  )
}

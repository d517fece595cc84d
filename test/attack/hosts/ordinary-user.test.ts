import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { closedFolderAbove } from '../../../apps/server/src/modules/hosts/isolation/machine.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const TESTING = new URL('../../../apps/server/src/modules/hosts/testing.ts', import.meta.url).href
// Another user can be tried only by root, and only where that user may read this checkout.
const possible = process.getuid?.() === 0 && existsSync('/usr/bin/setpriv') && closedFolderAbove(HERE) === null

const SERVER = `
const { artefactOf, bundleOf, callOf, openTestHosts, recorder } = await import(process.env.TESTING)
const hosts = await openTestHosts()
const target = { artefact: artefactOf(bundleOf({ ok: '(params) => params' })), shareKey: 'a' }
const value = await hosts.call(target, callOf('ok', { n: 1 }), recorder())
console.log(JSON.stringify({ value, isolation: hosts.isolation(), status: hosts.status() }))
await hosts.close()
`

test.runIf(possible)(
  'a server of an ordinary user runs hosts at the level that it reports',
  () => {
    const user = [
      '--reuid=61998',
      '--regid=61998',
      '--clear-groups',
      '--',
      process.execPath,
      '--input-type=module',
      '-e',
      SERVER,
    ]
    const ran = spawnSync('/usr/bin/setpriv', user, { env: { TESTING }, cwd: '/', encoding: 'utf8', timeout: 90_000 })
    expect(ran.stderr).toBe('')
    const { value, isolation, status } = JSON.parse(ran.stdout)
    expect(value).toEqual({ n: 1 })
    expect(isolation.level).not.toBe('full')
    expect(isolation.assertions.ownUser).toBe(false)
    expect(isolation.assertions.emptyEnvironment).toBe(true)
    expect(isolation.why).not.toBe('')
    expect(status[0].privateDirtyKb).toBeGreaterThan(0)
  },
  240_000,
)

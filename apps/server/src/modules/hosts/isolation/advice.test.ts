import { expect, test } from 'vitest'
import { adviseOnIsolation } from './advice.ts'
import { type Machine, readMachine } from './machine.ts'

const real = readMachine()
const machine = (bwrap: string | null, linux = true): Machine => ({ ...real, linux, tools: { ...real.tools, bwrap } })
const below = { level: 'process', refused: [{ wrapper: 'bubblewrap' }] } as const
const settings = (values: Readonly<Record<string, string>>) => (path: string) => values[path] ?? null

test('who has not bubblewrap is told how to install it', () => {
  expect(adviseOnIsolation(below, machine(null))).toMatch(/apt install bubblewrap.*dnf install.*apk add/)
})

test.each([
  ['kernel/unprivileged_userns_clone', '0', 'sysctl -w kernel.unprivileged_userns_clone=1'],
  ['user/max_user_namespaces', '0', 'sysctl -w user.max_user_namespaces=15000'],
  ['kernel/apparmor_restrict_unprivileged_userns', '1', 'sysctl -w kernel.apparmor_restrict_unprivileged_userns=0'],
])('where %s is %s the way out is `%s`', (path, value, command) => {
  expect(adviseOnIsolation(below, machine('/usr/bin/bwrap'), settings({ [path]: value }))).toContain(
    `with ${command} and`,
  )
})

test('where the kernel allows them, it is the container; and nothing is advised where nothing is to be gained', () => {
  expect(adviseOnIsolation(below, machine('/usr/bin/bwrap'), settings({}))).toContain('container')
  expect(adviseOnIsolation({ level: 'full', refused: [] }, machine(null))).toBeNull()
  expect(adviseOnIsolation({ level: 'process', refused: [] }, machine('/usr/bin/bwrap'))).toBeNull()
  expect(adviseOnIsolation(below, machine(null, false))).toMatch(/^Only Linux/)
})

import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { completePackages, findMissing } from './complete.ts'

const CHECKOUT = path.resolve(import.meta.dirname, '../..')

const tool = {
  version: '1.2.3',
  dev: true,
  license: 'MIT',
  optionalDependencies: {
    '@tool/cli-linux-x64': '1.2.3',
    '@tool/cli-linux-x64-musl': '1.2.3',
    '@tool/win-windows-64': '1.2.3',
  },
}
const packages = {
  '': { version: '0.1.0' },
  'node_modules/@tool/cli-linux-x64': { version: '1.2.3', integrity: 'sha512-x' },
  'node_modules/tool': tool,
}

test('the packages of other systems are added, and what was there stays', () => {
  const completed = completePackages(packages)
  expect(completed).toMatchObject(packages)
  const common = { version: '1.2.3', cpu: ['x64'], dev: true, license: 'MIT', optional: true }
  expect(completed['node_modules/@tool/cli-linux-x64-musl']).toEqual({ ...common, libc: ['musl'], os: ['linux'] })
  expect(completed['node_modules/@tool/win-windows-64']).toEqual({ ...common, os: ['win32'] })
  expect(findMissing(completed)).toEqual([])
})

test('our lock file names the packages of every system, so npm ci works on each (else: node scripts/lock/main.ts)', () => {
  const lock = JSON.parse(readFileSync(path.join(CHECKOUT, 'package-lock.json'), 'utf8'))
  expect(findMissing(lock.packages).map(({ name }) => name)).toEqual([])
})

test('our lock file knows every workspace and what it depends on (else: npm install)', () => {
  const read = (file: string) => JSON.parse(readFileSync(path.join(CHECKOUT, file), 'utf8'))
  const { packages: locked } = read('package-lock.json')
  const { workspaces } = read('package.json') as { workspaces: string[] }
  for (const file of globSync(
    workspaces.map((glob) => `${glob}/package.json`),
    { cwd: CHECKOUT },
  )) {
    const { dependencies, devDependencies } = read(file)
    const entry = locked[path.posix.dirname(file)]
    expect({ file, dependencies, devDependencies }).toEqual({
      file,
      dependencies: entry?.dependencies,
      devDependencies: entry?.devDependencies,
    })
  }
})

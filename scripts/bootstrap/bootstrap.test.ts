import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
// @ts-expect-error plain JavaScript: it runs before anything is installed
import { isInstalled, isSatisfied } from './install.mjs'
// @ts-expect-error plain JavaScript: it runs before anything is installed
import { isAtLeast } from './runtime.mjs'

describe('the Node version', () => {
  test.each([
    ['v20.20.0', [20, 20], true],
    ['v20.19.9', [20, 20], false],
    ['v24.7.0', [24, 7], true],
    ['v24.6.0', [24, 7], false],
    ['v26.0.0', [24, 7], true],
    ['v18.99.0', [20, 20], false],
  ])('%s against %j: %s', (version, wanted, expected) => {
    expect(isAtLeast(version, wanted)).toBe(expected)
  })
})

describe('what is installed', () => {
  const wanted = {
    '': { name: 'imperal' },
    'packages/sdk': { version: '0.1.0' },
    'node_modules/@imperal/sdk': { link: true },
    'node_modules/zod': { version: '4.6.7' },
    'node_modules/node-darwin': { version: '1.0.0', optional: true },
  }
  const installed = {
    'node_modules/@imperal/sdk': { link: true },
    'node_modules/zod': { version: '4.6.7' },
  }

  test('satisfies the lock file without the packages of other systems', () => {
    expect(isSatisfied(wanted, installed)).toBe(true)
  })

  test.each([
    ['is missing', { 'node_modules/@imperal/sdk': { link: true } }],
    ['has another version', { ...installed, 'node_modules/zod': { version: '4.6.6' } }],
    ['is a workspace that is not linked', { 'node_modules/zod': { version: '4.6.7' } }],
  ])('does not when a package %s', (_what, found) => {
    expect(isSatisfied(wanted, found)).toBe(false)
  })
})

describe('the install stamp', () => {
  let checkout: string
  const write = (file: string, value: unknown): void => writeFileSync(path.join(checkout, file), JSON.stringify(value))

  beforeEach(() => {
    checkout = mkdtempSync(path.join(tmpdir(), 'imperal-install-'))
    mkdirSync(path.join(checkout, 'node_modules'))
    write('package-lock.json', { packages: { 'node_modules/zod': { version: '1.0.0' } } })
  })
  afterEach(() => rmSync(checkout, { recursive: true }))

  test('a fresh clone, or an install that broke off, is not installed', () => {
    expect(isInstalled(checkout)).toBe(false)
  })

  test('an install by hand counts until the lock file changes', () => {
    write('node_modules/.package-lock.json', { packages: { 'node_modules/zod': { version: '1.0.0' } } })
    expect(isInstalled(checkout)).toBe(true)
    write('package-lock.json', { packages: { 'node_modules/zod': { version: '1.0.1' } } })
    expect(isInstalled(checkout)).toBe(false)
  })
})

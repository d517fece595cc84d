import { describe, expect, test } from 'vitest'
import { checkArchitecture } from './check.ts'
import { readImports } from './imports.ts'

const problems = (file: string, code: string): string[] =>
  checkArchitecture([{ file, code }]).map(({ line, problem }) => `${line}: ${problem}`)

const inModule = (module: string, code: string): string[] => problems(`apps/server/src/modules/${module}/a.ts`, code)

describe('what the house allows', () => {
  test.each([
    ['a lower layer through its index.ts', "import { x } from '../identity/index.ts'"],
    ['its own files', "import { x } from './b.ts'\nimport { y } from './deep/c.ts'"],
    ['the foundation', "import { x } from '../../foundation/errors.ts'\nimport y from '../../foundation/db/index.ts'"],
    ['the contract, Node and npm', "import '@imperal/contract'\nimport 'node:fs'\nimport { z } from 'zod'"],
  ])('kernel imports %s', (_what, code) => {
    expect(inModule('kernel', code)).toEqual([])
  })

  test('main.ts imports every module through its index.ts', () => {
    const code = "import { a } from './modules/gateway/index.ts'\nimport { b } from './foundation/log.ts'"
    expect(problems('apps/server/src/main.ts', code)).toEqual([])
  })

  test.each(['a.test.ts', 'test-fixture.ts'])('%s may import what it exercises', (name) => {
    const file = `apps/server/src/modules/store/${name}`
    expect(problems(file, "import { x } from '../../../../../test/support/database.ts'")).toEqual([])
  })

  test('the contract imports zod', () => {
    expect(problems('packages/contract/src/a.ts', "import * as z from 'zod'\nimport './b.ts'")).toEqual([])
  })
})

describe('what the house refuses', () => {
  test.each([
    ['upward', 'kernel', '../chat/index.ts', 'kernel (layer 4) imports chat (layer 5) above it.'],
    ['on the same layer', 'store', '../secrets/index.ts', 'store imports secrets, and both are on layer 2.'],
    ['past an index.ts', 'kernel', '../store/tables.ts', 'store/tables.ts is private to store.'],
    [
      'past a part of the foundation',
      'audit',
      '../../foundation/db/migrate.ts',
      'foundation/db/migrate.ts is private to foundation.',
    ],
    ['the SDK', 'kernel', '@imperal/sdk', 'apps/server imports @imperal/sdk.'],
    [
      'a package by its path',
      'kernel',
      '../../../../../packages/contract/src/a.ts',
      'packages/contract/src/a.ts is outside the server.',
    ],
    [
      'what belongs to tests',
      'kernel',
      './test-fixture.ts',
      'apps/server/src/modules/kernel/test-fixture.ts belongs to tests.',
    ],
    ['main.ts', 'gateway', '../../main.ts', 'main.ts is imported.'],
  ])('a module that imports %s', (_what, module, specifier, problem) => {
    expect(inModule(module, `import { x } from '${specifier}'`)).toEqual([`1: ${problem}`])
  })

  test.each([
    ['a re-export', "export * from '../chat/index.ts'"],
    ['an import()', "await import('../chat/index.ts')"],
    ['a type import', "import type { X } from '../chat/index.ts'"],
    ['the type of an import()', "export type X = import('../chat/index.ts').X"],
  ])('an upward import that hides in %s', (_what, code) => {
    expect(inModule('kernel', `\n${code}`)).toEqual(['2: kernel (layer 4) imports chat (layer 5) above it.'])
  })

  test('the foundation importing a module', () => {
    const found = problems('apps/server/src/foundation/jobs/a.ts', "import '../../modules/audit/index.ts'")
    expect(found).toEqual(['1: foundation (layer 0) imports audit (layer 1) above it.'])
  })

  test('a file in no module, and a module without a layer', () => {
    expect(problems('apps/server/src/stray.ts', '')).toEqual(['1: This file is in no module.'])
    expect(problems('apps/server/src/modules/unheard/a.ts', '')).toEqual(['1: The module unheard has no layer.'])
  })

  test.each([
    ['packages/host/src/a.ts', '@imperal/server', 'packages/host imports @imperal/server.'],
    ['packages/host/src/a.ts', '../../../apps/server/src/main.ts', 'apps/server/src/main.ts is outside packages/host.'],
    ['packages/contract/src/a.ts', 'node:fs', 'packages/contract imports node:fs.'],
    ['packages/contract/src/a.ts', '@imperal/sdk', 'packages/contract imports @imperal/sdk.'],
    ['packages/ui-kit/src/a.tsx', '@tanstack/react-query', 'packages/ui-kit imports @tanstack/react-query.'],
    ['extensions/notes/main.ts', '@imperal/contract', 'extensions imports @imperal/contract.'],
    ['extensions/notes/main.ts', '../tasks/main.ts', 'extensions/tasks/main.ts is outside extensions/notes.'],
  ])('%s importing %s', (file, specifier, problem) => {
    expect(problems(file, `import '${specifier}'`)).toEqual([`1: ${problem}`])
  })

  test('every finding names a way out', () => {
    const [finding] = checkArchitecture([{ file: 'apps/server/src/stray.ts', code: '' }])
    expect(finding?.wayOut).toContain('modules/<module>/')
  })
})

test('a file that cannot be parsed is an error, not a pass', () => {
  expect(() => readImports('a.ts', 'import {')).toThrow(/a\.ts cannot be parsed/)
})

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { type JsonObject, surfaceOf } from '@imperal/contract'
import { describe, expect, test } from 'vitest'
import { openApi } from '../../../apps/server/src/foundation/http/index.ts'
import { ROUTES } from '../../support/routes.ts'
import { ALLOWED, MISSING } from './allowed.ts'
import { bare, differencesOf, operationsOf, type PublishedOperation } from './compare.ts'

const load = (name: string) =>
  JSON.parse(readFileSync(path.join(import.meta.dirname, `${name}.json`), 'utf8')) as Record<string, PublishedOperation>
const info = { title: 'x', version: '1', server: 'http://x' }
const isRegistry = (id: string) => id.startsWith('registry.')

function found(name: string, registry: boolean): string[] {
  const served = operationsOf(
    openApi(
      ROUTES.filter(({ id }) => isRegistry(id) === registry),
      info,
    ) as JsonObject,
  )
  return Object.entries(load(name)).flatMap(([operation, published]) => {
    const ours = served.get(bare(operation))
    if (ours === undefined) return [`${operation}: not served here`]
    return differencesOf(published, ours).map((difference) => `${operation}: ${difference}`)
  })
}

describe('[api 9] the API and the documents that were published', () => {
  test.each([
    ['auth-gateway', false],
    ['registry', true],
  ] as const)('every difference to %s.json is known, with its reason', (name, registry) => {
    const differences = found(name, registry)
    const reasonFor = (difference: string) =>
      ALLOWED.find(({ what }) => (typeof what === 'string' ? what === difference : what.test(difference)))
    expect(differences.filter((difference) => reasonFor(difference) === undefined)).toEqual([])
  })

  test('no reason is left of a difference that is gone', () => {
    const all = [...found('auth-gateway', false), ...found('registry', true)]
    const idle = ALLOWED.filter(
      ({ what }) => !all.some((one) => (typeof what === 'string' ? what === one : what.test(one))),
    )
    expect(idle.map(({ what }) => String(what))).toEqual([])
  })
})

describe('[api 2.1] the public surface', () => {
  const served = ROUTES.filter((route) => surfaceOf(route) === 'public').map(
    ({ method, path: at }) => `${method} ${at.replace('*}', '}')}`,
  )
  const listed = readFileSync(path.join(import.meta.dirname, 'public.txt'), 'utf8')
    .trim()
    .split('\n')

  test('[S001-002] is 134 paths with 163 operations, each counted once', () => {
    expect(listed).toHaveLength(163)
    expect(new Set(listed.map((operation) => operation.split(' ')[1])).size).toBe(134)
    expect(served.filter((operation) => !listed.map(bare).includes(bare(operation)))).toEqual([])
    expect(listed.filter((operation) => !served.map(bare).includes(bare(operation)))).toEqual(MISSING)
  })
})

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
const KNOWN = ALLOWED.flatMap(({ what }) => what)
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
    expect(found(name, registry).filter((difference) => !KNOWN.includes(difference))).toEqual([])
  })

  test('no reason is left of a difference that is gone', () => {
    const all = [...found('auth-gateway', false), ...found('registry', true)]
    expect(KNOWN.filter((one) => !all.includes(one))).toEqual([])
  })

  test('each difference is written out and has one reason', () => {
    expect(KNOWN.filter((one, at) => KNOWN.indexOf(one) !== at)).toEqual([])
    expect(ALLOWED.filter(({ why }) => why.trim() === '')).toEqual([])
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

  const documented = operationsOf(openApi(ROUTES, info) as JsonObject) as unknown as Map<string, JsonObject>

  test('[S001-015] what only services may call stays in the public document, and says so', () => {
    const forServices = [
      'POST /v1/auth/register',
      'POST /v1/actions',
      'GET /v1/actions/stats/marketplace/{app_id}',
      'POST /v1/billing/topup/confirm',
      'POST /v1/developer/apps/{app_id}/_sync_manifest',
      'GET /v1/events/stats',
      'GET /v1/extensions/access',
      'GET /v1/secrets/{ext_id}/{name}',
    ]
    const labelled = ROUTES.filter((route) => surfaceOf(route) === 'public' && route.auth === 'svc')
    expect(labelled.map(({ method, path: at }) => `${method} ${at}`).sort()).toEqual(forServices.sort())
    for (const operation of forServices)
      expect(documented.get(bare(operation)), operation).toMatchObject({
        description: expect.stringMatching(/^Kernel and services only/),
        security: [{ service_token: [] }],
        'x-service-token': true,
        'x-surface': 'public',
      })
    const others = ROUTES.filter((route) => surfaceOf(route) === 'public' && route.auth !== 'svc')
    for (const { method, path: at } of others)
      expect(JSON.stringify(documented.get(bare(`${method} ${at}`)))).not.toContain('Kernel and services only')
  })

  test('[S002-033] covers sign-in, extensions, marketplace, billing, developers, secrets, tenants and live events', () => {
    const byTag = Map.groupBy(
      ROUTES.filter((route) => surfaceOf(route) === 'public'),
      (route) => route.path.split('/')[2] ?? '',
    )
    for (const area of ['auth', 'extensions', 'marketplace', 'billing', 'developer', 'secrets', 'tenants', 'events'])
      expect(byTag.get(area)?.length ?? 0, area).toBeGreaterThan(1)
    expect(served).toEqual(
      expect.arrayContaining([
        'POST /v1/auth/login',
        'GET /v1/auth/me',
        'POST /v1/extensions/{app_id}/call',
        'POST /v1/marketplace/apps/{app_id}/install',
        'GET /v1/billing/balance',
        'POST /v1/developer/apps',
        'PUT /v1/secrets/{ext_id}/{name}',
        'GET /v1/tenants',
        'GET /v1/events/stream',
      ]),
    )
  })
})

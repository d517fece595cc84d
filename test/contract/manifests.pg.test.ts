import { readdirSync, readFileSync } from 'node:fs'
import { type JsonObject, Manifest } from '@imperal/contract'
import { validateManifest } from '@imperal/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestNode, publishApp, type TestNode, userOf } from '../support/apps.ts'
import { createTestDatabase } from '../support/database.ts'

const FOLDER = new URL('../../packages/sdk/test/manifests/', import.meta.url)
const files = readdirSync(FOLDER)
const read = (file: string) =>
  JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as JsonObject & { app_id: string }

let node: TestNode
beforeAll(async () => {
  node = await openTestNode(await createTestDatabase())
})
afterAll(() => node.close())

test('[5] there are at least ten manifests as the Python SDK writes them', () => {
  expect(files.length).toBeGreaterThanOrEqual(10)
})

describe.each(files)('[5] %s, as the Python SDK writes it', (file) => {
  const manifest = read(file)

  test('validates without a finding', () => {
    expect(validateManifest(manifest)).toEqual([])
  })

  test('loads, and nothing of it is lost', () => {
    expect(Manifest.parse(manifest)).toMatchObject(manifest)
  })

  test('registers, and what the registry gives back is what was written', async () => {
    const ada = userOf('acme', 'ada')
    // The helper fills gaps with tools of its own; the manifest's own defaults leave it none.
    await publishApp(node, manifest.app_id, { manifest: Manifest.parse(manifest) as unknown as JsonObject })
    await node.registry.install(ada, manifest.app_id)
    const found = await node.registry.resolve(ada, manifest.app_id)
    expect(found?.version.manifest).toMatchObject({ app_id: manifest.app_id, version: manifest.version as string })
    const names = ((manifest.tools ?? []) as unknown as { name: string }[]).map(({ name }) => name)
    expect(found?.version.manifest.tools.map(({ name }) => name)).toEqual(names)
  })
})

import type { JsonObject } from '@imperal/contract'
import { afterAll, expect, test } from 'vitest'
import { EARLIER } from '../../../../../packages/ir/test/formats.ts'
import { publishApp } from '../../../../../test/support/apps.ts'
import { openFixture } from '../kernel/test-fixture.ts'
import { deployDocument } from './deploy-document.ts'
import type { IrParts } from './open-ir.ts'
import { recentRevisions, toRevision } from './revisions.ts'
import { rollbackDocument } from './rollback-document.ts'

const fixture = await openFixture({ documentFormats: EARLIER })
const ada = await fixture.person()
afterAll(() => fixture.close())

/** What the developer portal does with a document, without its own records. */
const developer: IrParts['developer'] = {
  async publishDocument({ appId }, prepare) {
    const done = await fixture.db.everyTenant(async (tx) => {
      const app = await fixture.registry.app(appId)
      if (app === null) throw new Error(`there is no app ${appId}`)
      const ready = await prepare(tx, app)
      if (ready === null) return null
      const { text, revision, manifest, iconSvg } = ready.version
      const version = { version: manifest.version, manifest, bundle: text, sourceMap: null, iconSvg }
      await fixture.registry.publishVersion(tx, appId, { ...version, format: 'ir', revision })
      return ready.kept
    })
    fixture.registry.forget(appId)
    return done
  },
  submit: () => Promise.reject(new Error('nobody submits here')),
}
const parts = {
  ...{ db: fixture.db, registry: fixture.registry, clock: fixture.clock, formats: EARLIER, developer },
  ...{ limitFactor: 0, deploysPerMinute: 10 },
} as unknown as IrParts // what deploys and rollbacks read of it

const make = (title: string): JsonObject => ({ kind: 'row', data: { title } })
const documentOf = (version: '0.9' | '1.0', title: string): JsonObject => {
  const about = { name: 'make', description: 'Makes a row with the title of its revision.' }
  const steps =
    version === '1.0'
      ? { impl: { kind: 'declarative', steps: [{ id: 'make', op: 'store.create', args: make(title) }] } }
      : { does: [{ id: 'make', verb: 'store.create', args: make(title) }] }
  return {
    ir_version: version,
    app: {
      ...{ id: 'moving', version: '1.0.0', title: 'Moving' },
      description: 'A declarative app that goes from one format to the next.',
      capabilities: ['store:write'],
      functions: [{ ...about, ...steps }],
    },
  }
}
const deploy = (source: JsonObject) =>
  deployDocument(parts, {
    ...{ appId: 'moving', userId: ada.userId, source, devMode: true, expectedRevision: null, contentOf: null },
  })
const made = async (): Promise<unknown> => {
  const { response } = await fixture.kernel.call({
    ...{ source: 'api', ...ada, appId: 'moving', function: 'make', params: {} },
  })
  return (response.data as { doc?: { title?: unknown } } | null)?.doc?.title ?? response
}
const revisions = () =>
  fixture.db.everyTenant(async (tx) =>
    (await recentRevisions(tx, 'moving', 10)).map((row) => toRevision(row, null, EARLIER)),
  )

test('[I14.1] [I14.4] [I14.6] a document of an earlier format is deployed, replaced by one of today, and rolled back to', async () => {
  await publishApp(fixture, 'moving')
  await fixture.registry.install(ada, 'moving')
  const first = await deploy(documentOf('0.9', 'from 0.9'))
  expect(first).toMatchObject({ revision: 1, format_version: '1.0', migrations_applied: ['0.9->1.0'] })
  expect(await made()).toBe('from 0.9')

  const second = await deploy(documentOf('1.0', 'from 1.0'))
  expect(second).toMatchObject({ revision: 2, previous_revision: 1, migrations_applied: null })
  expect(await made()).toBe('from 1.0')

  const back = await rollbackDocument(parts, { appId: 'moving', userId: ada.userId, toRevision: null })
  expect(back).toMatchObject({
    revision: 3,
    previous_revision: 2,
    migrations_applied: ['0.9->1.0'],
    sha256: first.sha256,
  })
  expect(await made()).toBe('from 0.9')

  // Nothing was written anew: the source is what its author sent.
  const rows = await fixture.db.everyTenant((tx) => recentRevisions(tx, 'moving', 10))
  expect(rows.map(({ source }) => (JSON.parse(source) as JsonObject).ir_version)).toEqual(['0.9', '1.0', '0.9'])
  expect(rows.map(({ migrated_from }) => migrated_from)).toEqual(['0.9', null, '0.9'])
})

test('[I14.4] what an earlier platform stored is brought to the format of today when it is loaded, and not written anew', async () => {
  const [row] = await fixture.db.everyTenant((tx) => recentRevisions(tx, 'moving', 1))
  const { app, ...root } = JSON.parse(row?.normal ?? '') as { app: JsonObject & { functions: JsonObject[] } }
  const functions = app.functions.map(({ steps, ...fn }) => ({ ...fn, actions: steps ?? [] }))
  const stored = JSON.stringify({ ...root, ir_version: '0.9', app: { ...app, functions } })
  const version = await fixture.registry.liveVersion('moving')
  await publishApp(fixture, 'moving', {
    manifest: version?.manifest as never,
    bundle: stored,
    format: 'ir',
    revision: 3,
  })
  await fixture.db.everyTenant((tx) =>
    tx.updateTable('ir.revision').set({ normal: stored }).where('revision', '=', 3).execute(),
  )
  expect(await made()).toBe('from 0.9')
  expect((await revisions())[0]).toMatchObject({ revision: 3, steps: 1, functions: ['make'] })
  // A format without a way to today's: its revision is listed, and its calls are refused.
  const gone = stored.replace('"ir_version":"0.9"', '"ir_version":"0.1"')
  await publishApp(fixture, 'moving', { manifest: version?.manifest as never, bundle: gone, format: 'ir', revision: 3 })
  await fixture.db.everyTenant((tx) =>
    tx.updateTable('ir.revision').set({ normal: gone }).where('revision', '=', 3).execute(),
  )
  expect(await made()).toMatchObject({ status: 'error', error_code: 'IR_STALE_DOCUMENT' })
  expect((await revisions())[0]).toMatchObject({ revision: 3, steps: 0, functions: [] })
})

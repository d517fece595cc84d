import { expect, test } from 'vitest'
import { openCatalogText } from './catalog-text.ts'
import type { UserApp } from './types.ts'
import { catalogVersion, toCatalogApp } from './wire.ts'

const use = (id: string, changes: object = {}): UserApp =>
  ({
    app: { appId: id, name: `App ${id}`, category: 'general', system: false, settings: {}, updatedAt: '1', ...changes },
    version: {
      version: '1.0.0',
      artefactHash: 'hash',
      updatedAt: '1',
      manifest: { app_id: id, description: 'Ü "quoted"', tools: [], panels: [], capabilities: [] },
    },
    install: null,
  }) as unknown as UserApp

test('an answer is what its apps are, and is made once for each version', () => {
  const text = openCatalogText()
  let moments = 0
  const now = () => `moment ${++moments}`
  const apps = [use('one'), use('two')]
  const version = catalogVersion(apps)
  const first = text.answer(version, apps, now)
  expect(JSON.parse(first.toString())).toEqual({
    version,
    generated_at: 'moment 1',
    apps: JSON.parse(JSON.stringify(apps.map(toCatalogApp))),
  })
  expect(text.answer(version, apps, now)).toBe(first)
  expect(moments).toBe(1)
})

test('an app that changed is another version, and is written anew though its code is the same', () => {
  const text = openCatalogText()
  const [before] = [use('one')]
  const after: UserApp = { ...before, app: { ...before.app, name: 'Renamed', updatedAt: '2' } }
  const names = [before, after, before].map((each) => {
    const answer = text.answer(catalogVersion([each]), [each], () => 'now')
    return (JSON.parse(answer.toString()) as { apps: { name: string }[] }).apps[0]?.name
  })
  expect(names).toEqual(['App one', 'Renamed', 'App one'])
})

test('answers are kept within a bound, the oldest give way', () => {
  const [one, two] = [use('one'), use('two')]
  const size = openCatalogText().answer('x'.repeat(32), [one], () => 'now').byteLength
  const text = openCatalogText(size * 1.5)
  const first = text.answer('x'.repeat(32), [one], () => 'now')
  text.answer('y'.repeat(32), [two], () => 'now')
  expect(text.answer('x'.repeat(32), [one], () => 'now')).not.toBe(first)
  const none = openCatalogText(1)
  expect(none.answer('x', [one], () => 'now')).not.toBe(none.answer('x', [one], () => 'now'))
})

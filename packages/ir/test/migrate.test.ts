import type { JsonObject } from '@imperal/contract'
import { expect, test } from 'vitest'
import { inCurrentFormat, migrateDocument, parseNormalForm, StaleDocument, validateDocument } from '../src/index.ts'
import { EARLIER } from './formats.ts'
import { completed, deployed, envelope, fn } from './support.ts'

const list = { id: 'l', op: 'store.list', args: { kind: 'task' } }
const current = envelope([fn('all', [list])])
const inFormat = (version: string): JsonObject => {
  const { impl: _impl, description, ...rest } = fn('all', [])
  const does = [{ id: 'l', verb: 'store.list', args: { kind: 'task' } }]
  const texts = version === '0.8' ? { text: description ?? '' } : { description: description ?? '' }
  return { ...envelope([{ ...rest, ...texts, does }]), ir_version: version }
}

test('[I14.1] a document goes through the steps between its format and the current one, and stays as it was', () => {
  const old = inFormat('0.8')
  const before = structuredClone(old)
  const { document, applied } = migrateDocument(old, '1.0', EARLIER)
  expect(applied).toEqual(['0.8->0.9', '0.9->1.0'])
  expect(old).toEqual(before)
  expect(document).toEqual({ ...current, ir_version: '1.0' })
  expect(migrateDocument(inFormat('0.9'), '1.0', EARLIER).applied).toEqual(['0.9->1.0'])
  expect(migrateDocument(old, '0.9', EARLIER)).toEqual({ document: inFormat('0.9'), applied: ['0.8->0.9'] })
  expect(migrateDocument(current, '1.0', EARLIER)).toEqual({ document: current, applied: null })
})

test('[I14.2] formats without a way are told in the words of the specification', () => {
  expect(() => migrateDocument(current, '3.0', EARLIER)).toThrow("Unknown target ir_version '3.0' (current 1.0)")
  expect(() => migrateDocument(inFormat('0.7'), '1.0', EARLIER)).toThrow("No migrator for ir_version '0.7'")
  // Nothing leads from the current format back.
  expect(() => migrateDocument(current, '0.9', EARLIER)).toThrow("No migrator for ir_version '1.0'")
  const round = [
    { ...(EARLIER[0] as never as JsonObject), from: '0.5', to: '0.6' },
    { ...(EARLIER[0] as never as JsonObject), from: '0.6', to: '0.5' },
  ] as never
  expect(() => migrateDocument(inFormat('0.5'), '1.0', round)).toThrow("No migrator for ir_version '0.5'")
  // What cannot be brought here is reported by validation, with everything else.
  const { document } = inCurrentFormat(inFormat('0.7'), EARLIER)
  expect(validateDocument(document).issues).toContainEqual(
    expect.objectContaining({ rule: 'IR2', message: "ir_version '0.7' is not supported (current 1.0)" }),
  )
})

test('[I14.4] [I13.8] what an earlier platform stored runs as the same document does today; without a way it is stale', async () => {
  const today = completed(current)
  const stored = {
    ...today,
    ir_version: '0.9',
    app: { ...today.app, functions: today.app.functions.map(({ steps, ...rest }) => ({ ...rest, actions: steps })) },
  }
  expect(parseNormalForm(JSON.stringify(stored), EARLIER)).toEqual(today)
  expect(() => parseNormalForm(JSON.stringify(stored))).toThrow(StaleDocument)
  expect(() => parseNormalForm('{"ir_version":"1.0"}', EARLIER)).toThrow(StaleDocument)
  expect(await deployed(inCurrentFormat(inFormat('0.9'), EARLIER).document).call('all')).toMatchObject({
    status: 'success',
    data: { count: 0 },
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkNames, MAX_DOCUMENT_BYTES, storableText } from './check-input.ts'
import { conditionsOf } from './conditions.ts'
import { orderOf } from './order.ts'

describe('names', () => {
  test.each(['', 'a b', 'a:b', 'a*', 'a?', '[a', 'a]', 'a/b', 'a\nb', 'a\0b', 'x'.repeat(129)])(
    '[K8.25] %j names no collection',
    (name) => {
      expect(() => checkNames(name)).toThrow(expect.objectContaining({ code: 'STORE_BAD_NAME' }))
    },
  )
  test('[K8.25] letters of any language, dots and hyphens are fine', () => {
    expect(() => checkNames('deals', 'google_accounts', 'über-1.2')).not.toThrow()
  })
})

describe('documents', () => {
  test('refuses what PostgreSQL cannot keep, and only that', () => {
    expect(() => storableText({ a: 'x\0' })).toThrow(expect.objectContaining({ code: 'STORE_BAD_DATA' }))
    expect(() => storableText({ 'k\0': 1 })).toThrow(expect.objectContaining({ code: 'STORE_BAD_DATA' }))
    expect(() => storableText({ a: 'x\ud800y' })).toThrow(expect.objectContaining({ code: 'STORE_BAD_DATA' }))
    expect(() => storableText([] as never)).toThrow(expect.objectContaining({ code: 'STORE_BAD_DATA' }))
    for (const text of ['\\u0000', '\\\\u0000', '\\ud800', '😀', '\u0001', '\\\u2028']) {
      expect(JSON.parse(storableText({ text }))).toEqual({ text })
    }
  })

  test('a text is refused exactly when it holds a NUL or half of a surrogate pair', () => {
    const unit = fc.constantFrom('\\', 'u', '0', '\0', '\ud83d', '\ude00', 'd', '8', '"', 'a')
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 12 }), (units) => {
        const text = units.join('')
        const storable = text.isWellFormed() && !text.includes('\0')
        if (storable) expect(JSON.parse(storableText({ text }))).toEqual({ text })
        else expect(() => storableText({ text })).toThrow()
      }),
      { numRuns: 2_000 },
    )
  })

  test('[K8.25] more than 1 MB is too large', () => {
    expect(() => storableText({ a: 'x'.repeat(MAX_DOCUMENT_BYTES) })).toThrow(
      expect.objectContaining({ code: 'STORE_TOO_LARGE' }),
    )
  })
})

describe('queries', () => {
  test('only $contains is an operator; an object without operators is compared as a whole', () => {
    expect(conditionsOf({ status: 'open', due: null, tags: ['a'], name: { $contains: 'x' }, geo: { lat: 1 } })).toEqual(
      {
        contained: '{"status":"open"}',
        others: '{"due":{"equals":null},"tags":{"equals":["a"]},"name":{"contains":"x"},"geo":{"equals":{"lat":1}}}',
      },
    )
    expect(conditionsOf(null)).toEqual({ contained: null, others: null })
    for (const where of [{ a: { $gt: 1 } }, { a: { $contains: 'x', b: 1 } }, { a: { $contains: ['x'] } }]) {
      expect(() => conditionsOf(where)).toThrow(expect.objectContaining({ code: 'STORE_BAD_QUERY' }))
    }
  })

  test('order_by is a field, a minus means descending', () => {
    expect(orderOf(undefined)).toEqual({ by: 'created_at', field: '', descending: false })
    expect(orderOf('-updated_at')).toEqual({ by: 'updated_at', field: '', descending: true })
    expect(orderOf('-due')).toEqual({ by: 'field', field: 'due', descending: true })
    expect(() => orderOf('-')).toThrow(expect.objectContaining({ code: 'STORE_BAD_QUERY' }))
  })
})

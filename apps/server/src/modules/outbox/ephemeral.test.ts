import { expect, test } from 'vitest'
import { packNotices } from './ephemeral.ts'

const delta = (text: string) => ({ tenantId: 't', userId: 'u', type: 'chat_delta', payload: { delta: text } })

test('many small messages share notices that PostgreSQL accepts', () => {
  const messages = Array.from({ length: 500 }, (_, index) => delta(`word ${index} ü`))
  const { notices, dropped } = packNotices('node', messages)
  expect(dropped).toBe(0)
  expect(notices.length).toBeLessThan(20)
  for (const notice of notices) expect(Buffer.byteLength(notice)).toBeLessThan(7_900)
  expect(notices.flatMap((notice) => JSON.parse(notice).messages)).toEqual(messages)
})

test('a message that fits no notice is left out and counted', () => {
  const { notices, dropped } = packNotices('node', [delta('a'), delta('x'.repeat(8_000)), delta('b')])
  expect(dropped).toBe(1)
  expect(notices.flatMap((notice) => JSON.parse(notice).messages)).toEqual([delta('a'), delta('b')])
})

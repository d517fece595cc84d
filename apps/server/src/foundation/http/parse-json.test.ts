import fastify from 'fastify'
import pino from 'pino'
import { expect, test } from 'vitest'
import { installErrorHandling } from './mount.ts'
import { installJsonBodies, MOST_JSON_DEPTH, parseJsonBody } from './parse-json.ts'

const lists = (depth: number) => Buffer.from('['.repeat(depth) + ']'.repeat(depth))

test('[api 1.10] a body that is nested too deep is the mistake of its sender', () => {
  expect(() => parseJsonBody(lists(MOST_JSON_DEPTH))).not.toThrow()
  expect(() => parseJsonBody(lists(MOST_JSON_DEPTH + 1))).toThrow(/nested more than 128 levels/)
  expect(() => parseJsonBody(Buffer.from('{"a":'.repeat(400_000)))).toThrow(
    expect.objectContaining({ kind: 'invalid' }),
  )
})

test('brackets in texts and side by side do not count', () => {
  const value = { text: '[{'.repeat(200), quoted: '\\"[[[', list: Array.from({ length: 300 }, () => [{}]) }
  expect(parseJsonBody(Buffer.from(JSON.stringify(value)))).toEqual(value)
})

test('no body is none, and what is no JSON is said to be none', () => {
  expect(parseJsonBody(Buffer.alloc(0))).toBeUndefined()
  for (const text of ['{', '"\\', '[1,]', ']]]'])
    expect(() => parseJsonBody(Buffer.from(text))).toThrow(/not valid JSON/)
})

test('[ir 17.1] a member named __proto__ is refused at any depth and however it is spelt, a text of that word is not', () => {
  for (const text of ['{"__proto__":{"a":1}}', '{"a":[{"__proto__":1}]}', '{"\\u005f_proto__":1}'])
    expect(() => parseJsonBody(Buffer.from(text)), text).toThrow(/`__proto__`.*another name/)
  const text = '{"a":"__proto__","constructor":1,"b":"\\u00e4"}'
  expect(parseJsonBody(Buffer.from(text))).toEqual({ a: '__proto__', constructor: 1, b: 'ä' })
})

test('[api 1.10] the sender gets the documented body with 400', async () => {
  const app = fastify()
  installErrorHandling(app, pino({ level: 'silent' }))
  installJsonBodies(app)
  // Whatever walks the value recursively ends in a RangeError.
  app.post('/t', (request) => JSON.parse(JSON.stringify(request.body ?? {})))
  const post = (payload: string) =>
    app.inject({ method: 'POST', url: '/t', payload, headers: { 'content-type': 'application/json' } })
  const answer = await post(`{"params":${lists(100_000)}}`)
  expect([answer.statusCode, answer.json().error, answer.json().status]).toEqual([400, 'invalid_request', 400])
  expect((await post('')).statusCode).toBe(200)
  expect((await post('{"a":[1]}')).json()).toEqual({ a: [1] })
  await app.close()
})

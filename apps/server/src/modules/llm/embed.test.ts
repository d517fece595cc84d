import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openEmbedder } from './embed.ts'

/** A provider of vectors on loopback: each text becomes the counts of two letters. */
const asked: { model: string; input: string[]; key: string }[] = []
let broken = false
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { model: string; input: string[] }
  asked.push({ ...body, key: request.headers.authorization ?? '' })
  if (broken) return void response.writeHead(400).end('{}')
  const data = body.input.map((text, index) => ({
    object: 'embedding',
    index,
    embedding: [text.split('a').length - 1, text.split('b').length - 1],
  }))
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(
    JSON.stringify({ object: 'list', data, model: body.model, usage: { prompt_tokens: 1, total_tokens: 1 } }),
  )
})
let baseUrl = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

const source = (provider: 'openai' | 'openai_compatible' | 'anthropic') => ({
  provider,
  model: 'small',
  baseUrl,
  apiKey: 'sk-vectors',
})

test.each(['openai', 'openai_compatible'] as const)('texts become vectors at %s, in their order', async (provider) => {
  const embedder = openEmbedder(source(provider), fetch)
  expect(embedder?.id).toBe(`${provider}:small`)
  const vectors = await embedder?.embed(['aab', 'b'])
  expect(vectors?.map((vector) => [...vector])).toEqual([
    [2, 1],
    [0, 1],
  ])
  expect(asked.at(-1)).toMatchObject({ model: 'small', input: ['aab', 'b'], key: 'Bearer sk-vectors' })
})

test('[K2.2] a provider that is away rejects, and one that makes no vectors is none', async () => {
  broken = true
  await expect(openEmbedder(source('openai_compatible'), fetch)?.embed(['a'])).rejects.toThrow()
  expect(openEmbedder(source('anthropic'), fetch)).toBeNull()
  expect(openEmbedder(null, fetch)).toBeNull()
})

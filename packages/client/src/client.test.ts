import { defineRoute } from '@imperal/contract'
import { expect, test, vi } from 'vitest'
import * as z from 'zod'
import { ApiError, blocksOf, createClient, followEvents, pathOf, queryOf } from './index.ts'

const note = defineRoute({
  id: 'note.read',
  method: 'GET',
  path: '/v1/notes/{note_id}',
  auth: 'user',
  tag: 'notes',
  summary: 'Read one note',
  params: z.object({ note_id: z.string() }),
  response: z.object({ title: z.string() }),
})

const answering = (answers: Response[], seen: Request[] = []): typeof fetch =>
  (async (url: string, init?: RequestInit) => {
    seen.push(new Request(url, init))
    const answer = answers.shift()
    if (!answer) throw new TypeError('fetch failed')
    return answer
  }) as typeof fetch

test('path parameters are escaped and a missing one is named', () => {
  expect(pathOf(note, { note_id: 'a/b c' })).toBe('/v1/notes/a%2Fb%20c')
  expect(() => pathOf(note)).toThrow('note_id')
})

test('undefined and null query values are left out', () => {
  expect(queryOf({ a: 1, b: undefined, c: null, d: 'x y' })).toBe('?a=1&d=x+y')
})

test('a 401 asks for a new token once and repeats the request with it', async () => {
  const seen: Request[] = []
  let token = 'old'
  const client = createClient({
    baseUrl: 'http://host',
    fetch: answering([Response.json({}, { status: 401 }), Response.json({ title: 'A' })], seen),
    token: () => token,
    refresh: async () => {
      token = 'new'
      return true
    },
  })
  expect(await client.send(note, { params: { note_id: 'n1' } })).toEqual({ title: 'A' })
  expect(seen.map((request) => request.headers.get('authorization'))).toEqual(['Bearer old', 'Bearer new'])
})

test('an error answer becomes an ApiError with the sentence and the code of the body', async () => {
  const body = {
    detail: 'App not found',
    error: 'not_found',
    message: 'App not found',
    status: 404,
    request_id: 'req_12345678',
  }
  const client = createClient({ baseUrl: 'http://host', fetch: answering([Response.json(body, { status: 404 })]) })
  const error = await client.send(note, { params: { note_id: 'n1' } }).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ApiError)
  expect(error).toMatchObject({ status: 404, code: 'not_found', message: 'App not found', requestId: 'req_12345678' })
})

test('a server that does not answer becomes an ApiError with status 0', async () => {
  const client = createClient({ baseUrl: 'http://host', fetch: answering([]) })
  await expect(client.send(note, { params: { note_id: 'n1' } })).rejects.toMatchObject({ status: 0, code: 'network' })
})

test('stream blocks survive any split of the bytes', async () => {
  const text = 'id: 6\n\nid: 7\ndata: {"a":\ndata: 1}\n\n: beat\n\nevent: x\r\ndata: ü\r\n\r\n'
  const bytes = new TextEncoder().encode(text)
  async function* onePiece() {
    for (const byte of bytes) yield Uint8Array.of(byte)
  }
  const blocks = []
  for await (const block of blocksOf(onePiece())) blocks.push(block)
  expect(blocks).toEqual([
    { id: '6', event: 'message', data: '' },
    { id: '7', event: 'message', data: '{"a":\n1}' },
    { id: null, event: 'x', data: 'ü' },
  ])
})

/** Connections of a server one after another; each ends when the client gives it up. `null` stays silent for ever. */
function streams(texts: readonly (string | null)[], seen: Request[]): typeof fetch {
  const left = [...texts]
  return (async (url: string, init: RequestInit) => {
    seen.push(new Request(url, init))
    const text = left.shift()
    if (text === undefined) throw new TypeError('fetch failed')
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        init.signal?.addEventListener('abort', () => controller.error(init.signal?.reason))
        if (text === null) return
        controller.enqueue(new TextEncoder().encode(text))
        controller.close()
      },
    })
    return new Response(body)
  }) as typeof fetch
}

const message = (id: string, type: string, payload: object = {}) =>
  `id: ${id}\ndata: ${JSON.stringify({ type, payload, ts: '2026-06-01T10:00:00Z' })}\n\n`

/** Follows until the connections are used up. */
async function followAll(texts: readonly (string | null)[]) {
  const states: string[] = []
  const seen: Request[] = []
  const heard: string[] = []
  const ended = new AbortController()
  await followEvents({
    baseUrl: 'http://host',
    fetch: streams(texts, seen),
    token: () => 't',
    patience: 50,
    signal: ended.signal,
    onEvent: ({ type }) => heard.push(type),
    onState(state) {
      states.push(state)
      if (seen.length === texts.length && state === 'offline') ended.abort()
    },
  })
  return { states, heard, resumedAfter: seen.map((request) => request.headers.get('last-event-id')) }
}

test('[api 6.1] a stream that falls silent counts as lost, and the next one resumes', async () => {
  const { states, resumedAfter } = await followAll([null, message('7', 'event'), ''])
  expect(states).toEqual(['connecting', 'live', 'offline', 'live', 'offline', 'live', 'offline'])
  expect(resumedAfter).toEqual([null, null, '7'])
})

test('[api 6.1] a stream that ends with its token is followed by another without a word about it', async () => {
  const { states, resumedAfter } = await followAll([message('7', 'stream_end', { reason: 'token_expired' }), ''])
  expect(states).toEqual(['connecting', 'live', 'live', 'offline'])
  expect(resumedAfter).toEqual([null, '7'])
})

test('[S001-091] a type that is newer than the client passes through it, and what comes after arrives as ever', async () => {
  const newer = message('7', 'hologram_ready', { at: { x: 1 }, more: ['anything'] })
  const { heard, states, resumedAfter } = await followAll([newer + message('8', 'event'), ''])
  expect(heard).toEqual(['hologram_ready', 'event'])
  expect(states).toEqual(['connecting', 'live', 'offline', 'live', 'offline'])
  expect(resumedAfter).toEqual([null, '8'])
})

test('a browser that loses its network is offline at once, and connects again when the network is back', async () => {
  const network = new EventTarget()
  vi.stubGlobal('addEventListener', network.addEventListener.bind(network))
  vi.stubGlobal('removeEventListener', network.removeEventListener.bind(network))
  // Time stands still: neither the patience nor the pause between two connections can end.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const ended = new AbortController()
  const states: string[] = []
  try {
    await followEvents({
      baseUrl: '',
      token: () => null,
      signal: ended.signal,
      fetch: async (_url, init) => new Response(silentUntil(init?.signal as AbortSignal)),
      onEvent: () => undefined,
      onState(state) {
        states.push(state)
        if (state === 'live') queueMicrotask(() => network.dispatchEvent(new Event('offline')))
        if (state === 'offline' && states.length < 5) setImmediate(() => network.dispatchEvent(new Event('online')))
        if (states.length === 5) ended.abort()
      },
    })
    expect(states).toEqual(['connecting', 'live', 'offline', 'live', 'offline'])
  } finally {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  }
})

/** A body that says nothing and fails when its request is given up, as a browser's does. */
const silentUntil = (signal: AbortSignal): ReadableStream<Uint8Array> =>
  new ReadableStream({ start: (body) => signal.addEventListener('abort', () => body.error(signal.reason)) })

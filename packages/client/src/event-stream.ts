import { StreamMessage } from '@imperal/contract'

export interface StreamEvent extends StreamMessage {
  /** Id for resume; absent for messages that are never replayed. */
  readonly id: string | null
}

export interface EventStreamOptions {
  readonly baseUrl: string
  readonly fetch?: typeof fetch
  readonly token: () => string | null | Promise<string | null>
  readonly refresh?: () => Promise<boolean>
  onEvent(event: StreamEvent): void
  /** `live` after every connect; `resync` when the server could not replay what was missed: read everything again. */
  onState?(state: 'connecting' | 'live' | 'offline' | 'resync'): void
  readonly signal: AbortSignal
  /** Milliseconds of silence after which a connection counts as dead. The server says something every 15 s. */
  readonly patience?: number
}

/** Splits a text/event-stream body into (id, event, data) blocks; a block may bring an id alone. Exported for tests. */
export async function* blocksOf(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ id: string | null; event: string; data: string }> {
  const decoder = new TextDecoder()
  let pending = ''
  for await (const chunk of body) {
    pending += decoder.decode(chunk, { stream: true })
    let end = pending.search(/\r?\n\r?\n/)
    while (end !== -1) {
      const block = pending.slice(0, end)
      pending = pending.slice(end).replace(/^\r?\n\r?\n/, '')
      const fields = { id: null as string | null, event: 'message', data: [] as string[] }
      for (const line of block.split(/\r?\n/)) {
        if (line.startsWith('id:')) fields.id = line.slice(3).trim()
        else if (line.startsWith('event:')) fields.event = line.slice(6).trim()
        else if (line.startsWith('data:')) fields.data.push(line.slice(5).replace(/^ /, ''))
      }
      if (fields.data.length > 0 || fields.id !== null)
        yield { id: fields.id, event: fields.event, data: fields.data.join('\n') }
      end = pending.search(/\r?\n\r?\n/)
    }
  }
}

/** A browser says here when the machine loses its network and when it is back; other runtimes say nothing. */
const network = globalThis as Partial<Pick<EventTarget, 'addEventListener' | 'removeEventListener'>>

/** Waits, at most until the network is back or the signal aborts. */
const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      network.removeEventListener?.('online', end)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    signal.addEventListener('abort', end)
    network.addEventListener?.('online', end)
    if (signal.aborted) end()
  })

const PATIENCE_MS = 40_000

/** A connection that may have died without a word: silence ends it, and so does the loss of the network. */
function watch(signal: AbortSignal, patience: number) {
  const silence = new AbortController()
  const lose = () => silence.abort(new Error('the network is gone'))
  network.addEventListener?.('offline', lose)
  const start = () => setTimeout(() => silence.abort(new Error('the stream fell silent')), patience)
  let timer = start()
  return {
    signal: AbortSignal.any([signal, silence.signal]),
    async *hear(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of body) {
        clearTimeout(timer)
        timer = start()
        yield chunk
      }
    },
    stop() {
      clearTimeout(timer)
      network.removeEventListener?.('offline', lose)
    },
  }
}

interface Progress {
  lastId: string | null
  failures: number
}

/** One connection from its request to its end. Tells whether the next one may begin at once, or null when it is no use. */
async function follow(options: EventStreamOptions, progress: Progress): Promise<boolean | null> {
  const token = await options.token()
  const watched = watch(options.signal, options.patience ?? PATIENCE_MS)
  try {
    const response = await (options.fetch ?? fetch)(`${options.baseUrl}/v1/events/stream`, {
      headers: {
        accept: 'text/event-stream',
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(progress.lastId ? { 'last-event-id': progress.lastId } : {}),
      },
      signal: watched.signal,
    })
    if (response.status === 401) return (await options.refresh?.()) ? true : null
    if (!response.ok || !response.body) throw new Error(`the stream answered ${response.status}`)
    progress.failures = 0
    options.onState?.('live')
    return await deliver(options, progress, watched.hear(response.body as unknown as AsyncIterable<Uint8Array>))
  } finally {
    watched.stop()
  }
}

/** Hands on what comes. True when the server ended the stream only because its token did. */
async function deliver(options: EventStreamOptions, progress: Progress, body: AsyncIterable<Uint8Array>) {
  let isRenewal = false
  for await (const block of blocksOf(body)) {
    if (block.id !== null) progress.lastId = block.id
    if (block.data === '') continue
    const parsed = StreamMessage.safeParse(JSON.parse(block.data))
    if (!parsed.success) continue
    if (parsed.data.type === 'resync') options.onState?.('resync')
    if (parsed.data.type === 'stream_end') isRenewal = parsed.data.payload.reason === 'token_expired'
    options.onEvent({ ...parsed.data, id: block.id })
  }
  return isRenewal
}

/**
 * Keeps `GET /v1/events/stream` open until the signal aborts: reconnects with back-off and resumes after the last id.
 * `connecting` is told once, at the beginning; a lost connection is `offline` until the next one stands.
 * Resolves when aborted. A 401 that a refresh does not cure ends it.
 */
export async function followEvents(options: EventStreamOptions): Promise<void> {
  const progress: Progress = { lastId: null, failures: 0 }
  options.onState?.('connecting')
  while (!options.signal.aborted) {
    try {
      const atOnce = await follow(options, progress)
      if (atOnce === null) return
      if (atOnce) continue
    } catch {
      // Dropped connections are normal: the loop tries again and resumes.
      if (options.signal.aborted) return
    }
    options.onState?.('offline')
    progress.failures++
    const wait = Math.min(15_000, 500 * 2 ** Math.min(progress.failures, 5)) * (0.75 + Math.random() / 2)
    await pause(wait, options.signal)
  }
}

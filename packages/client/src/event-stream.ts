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

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        resolve()
      },
      { once: true },
    )
  })

/**
 * Keeps `GET /v1/events/stream` open until the signal aborts: reconnects with back-off and resumes after the last id.
 * Resolves when aborted. A 401 that a refresh does not cure ends it.
 */
export async function followEvents(options: EventStreamOptions): Promise<void> {
  const doFetch = options.fetch ?? fetch
  let lastId: string | null = null
  let failures = 0
  while (!options.signal.aborted) {
    options.onState?.('connecting')
    try {
      const token = await options.token()
      const response = await doFetch(`${options.baseUrl}/v1/events/stream`, {
        headers: {
          accept: 'text/event-stream',
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...(lastId ? { 'last-event-id': lastId } : {}),
        },
        signal: options.signal,
      })
      if (response.status === 401) {
        if (!(await options.refresh?.())) return
        continue
      }
      if (!response.ok || !response.body) throw new Error(`the stream answered ${response.status}`)
      failures = 0
      options.onState?.('live')
      for await (const block of blocksOf(response.body as unknown as AsyncIterable<Uint8Array>)) {
        if (block.id !== null) lastId = block.id
        if (block.data === '') continue
        const parsed = StreamMessage.safeParse(JSON.parse(block.data))
        if (!parsed.success) continue
        if (parsed.data.type === 'resync') options.onState?.('resync')
        options.onEvent({ ...parsed.data, id: block.id })
      }
    } catch {
      // Dropped connections are normal: the loop tries again and resumes.
      if (options.signal.aborted) return
    }
    options.onState?.('offline')
    failures++
    await pause(Math.min(15_000, 500 * 2 ** Math.min(failures, 5)) * (0.75 + Math.random() / 2), options.signal)
  }
}

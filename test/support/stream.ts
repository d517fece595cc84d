import { type Session, until } from './session.ts'

export interface StreamMessage {
  readonly type: string
  readonly payload: Readonly<Record<string, unknown>>
  readonly ts: string
}

/** An open event stream of one person, collecting everything that arrives. */
export interface Listening {
  readonly messages: readonly StreamMessage[]
  /** The raw text of the stream, as the wire carried it. */
  text(): string
  /** Resolves with the first message that fits, come or to come. */
  first(fits: (message: StreamMessage) => boolean, patience?: number): Promise<StreamMessage>
  close(): void
}

/** Opens `/v1/events/stream` and resolves when the server accepted it. */
export async function listen(url: string, session: Pick<Session, 'token'>): Promise<Listening> {
  const abort = new AbortController()
  const response = await fetch(`${url}/v1/events/stream`, {
    headers: { authorization: `Bearer ${session.token}` },
    signal: abort.signal,
  })
  if (response.status !== 200 || response.body === null) throw new Error(`the stream answered ${response.status}`)
  const messages: StreamMessage[] = []
  let text = ''
  let rest = ''
  const read = async (body: AsyncIterable<Uint8Array>) => {
    const decoder = new TextDecoder()
    for await (const chunk of body) {
      const piece = decoder.decode(chunk, { stream: true })
      text += piece
      const frames = (rest + piece).split('\n\n')
      rest = frames.pop() ?? ''
      for (const frame of frames) {
        const data = frame.split('\n').find((line) => line.startsWith('data: '))
        if (data !== undefined) messages.push(JSON.parse(data.slice(6)))
      }
    }
  }
  read(response.body as unknown as AsyncIterable<Uint8Array>).catch(() => undefined) // ends with `close`
  return {
    messages,
    text: () => text,
    first: (fits, patience) => until(async () => messages.find(fits), patience),
    close: () => abort.abort(),
  }
}

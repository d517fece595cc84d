import pg from 'pg'
import type { Log } from './log.ts'

export type BusHandler = (payload: string) => void

/** PostgreSQL LISTEN/NOTIFY: wakes every node of the installation. Delivery is best effort; after a reconnect every handler gets `''` and re-reads. */
export interface Bus {
  /** Payload is at most 7,900 bytes. `''` means: notices may have been missed, look again. */
  subscribe(channel: string, handler: BusHandler): () => void
  close(): Promise<void>
}

export async function openBus(settings: pg.ClientConfig, log: Log): Promise<Bus> {
  const handlers = new Map<string, Set<BusHandler>>()
  let client: pg.Client | null = null
  let closed = false
  let retry: NodeJS.Timeout | undefined

  const dispatch = (channel: string, payload: string) => {
    for (const handler of handlers.get(channel) ?? []) {
      try {
        handler(payload)
      } catch (error) {
        log.error({ err: error, channel }, 'a bus handler failed')
      }
    }
  }
  const connect = async (): Promise<void> => {
    const next = new pg.Client(settings)
    next.on('notification', (message) => dispatch(message.channel, message.payload ?? ''))
    const lost = () => {
      if (client === next) client = null
      if (!closed && retry === undefined) {
        retry = setTimeout(() => {
          retry = undefined
          connect().then(
            () => {
              for (const channel of handlers.keys()) dispatch(channel, '')
            },
            (error) => log.warn({ err: error }, 'the notice connection is down, trying again'),
          )
        }, 500)
      }
    }
    next.on('error', lost)
    next.on('end', lost)
    await next.connect()
    for (const channel of handlers.keys()) await next.query(`listen "${channel}"`)
    client = next
  }
  // One statement after the other: a connection runs one at a time.
  let listening: Promise<unknown> = Promise.resolve()
  const listen = (channel: string) => {
    listening = listening
      .then(() => client?.query(`listen "${channel}"`))
      // What a subscriber has read before this moment may be stale already.
      .then(() => dispatch(channel, ''))
      .catch((error: unknown) => log.warn({ err: error, channel }, 'listen failed'))
  }
  await connect()

  return {
    subscribe(channel, handler) {
      if (!/^[a-z_.]+$/.test(channel))
        throw new Error(`a bus channel is lower-case letters, dots and underscores: ${channel}`)
      let set = handlers.get(channel)
      if (!set) {
        set = new Set()
        handlers.set(channel, set)
        listen(channel)
      }
      set.add(handler)
      return () => set.delete(handler)
    },
    async close() {
      closed = true
      clearTimeout(retry)
      await client?.end()
    },
  }
}

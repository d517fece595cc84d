import { z } from 'zod'
import type { Bus } from '../../foundation/bus.ts'
import { type Database, EVERY_TENANT } from '../../foundation/db/index.ts'
import { randomText } from '../../foundation/ids.ts'
import type { Log } from '../../foundation/log.ts'
import type { OutboxMessage } from './types.ts'

const CHANNEL = 'outbox.ephemeral'
const MAX_NOTICE_BYTES = 7_800
const MAX_WAITING = 2_000
const NOTIFY = 'select pg_notify($1, payload) from unnest($2::text[]) as payload'

const Wire = z.object({
  tenantId: z.string(),
  userId: z.string().nullable(),
  type: z.string(),
  payload: z.record(z.string(), z.json()),
})
const Notice = z.object({ node: z.string(), messages: z.array(Wire) })

/** Packs messages into as few notices as fit; one that is too large for a notice of its own is left out. */
export function packNotices(node: string, messages: readonly OutboxMessage[]): { notices: string[]; dropped: number } {
  const notices: string[] = []
  const head = `{"node":${JSON.stringify(node)},"messages":[`
  let open: string[] = []
  let bytes = head.length + 2
  let dropped = 0
  const close = () => {
    if (open.length > 0) notices.push(`${head}${open.join(',')}]}`)
    open = []
    bytes = head.length + 2
  }
  for (const message of messages) {
    const text = JSON.stringify(message)
    const size = Buffer.byteLength(text) + 1
    if (head.length + 2 + size > MAX_NOTICE_BYTES) {
      dropped += 1
      continue
    }
    if (bytes + size > MAX_NOTICE_BYTES) close()
    open.push(text)
    bytes += size
  }
  close()
  return { notices, dropped }
}

export interface Ephemeral {
  send(message: OutboxMessage): void
  /** Messages that other nodes did not get. */
  readonly dropped: number
  close(): void
}

/** Passes messages to the listeners of all nodes without touching a table. Best effort, in order per node. */
export function openEphemeral(
  options: { readonly db: Database; readonly bus: Bus; readonly log: Log },
  deliver: (message: OutboxMessage) => void,
): Ephemeral {
  const node = randomText(12)
  let waiting: OutboxMessage[] = []
  let sending = false
  let dropped = 0
  let closed = false

  async function flush(): Promise<void> {
    if (sending) return
    sending = true
    // Whatever arrives while a notice is on its way shares the next one.
    while (waiting.length > 0 && !closed) {
      const packed = packNotices(node, waiting)
      dropped += packed.dropped
      const count = waiting.length
      waiting = []
      if (packed.notices.length === 0) continue
      try {
        await options.db.atomic(EVERY_TENANT, [{ text: NOTIFY, values: [CHANNEL, packed.notices] }])
      } catch (error) {
        dropped += count
        if (!closed) options.log.warn({ err: error, count }, 'other nodes missed ephemeral messages')
      }
    }
    sending = false
  }

  const unsubscribe = options.bus.subscribe(CHANNEL, (payload) => {
    if (payload === '') return // what was missed is gone, by design
    const notice = Notice.safeParse(JSON.parse(payload))
    if (!notice.success || notice.data.node === node) return
    for (const message of notice.data.messages) deliver(message)
  })

  return {
    send(message) {
      deliver(message)
      if (waiting.length >= MAX_WAITING) dropped += 1
      else waiting.push(message)
      setImmediate(() => void flush())
    },
    get dropped() {
      return dropped
    },
    close() {
      closed = true
      unsubscribe()
    },
  }
}

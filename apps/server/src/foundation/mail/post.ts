import { setTimeout as wait } from 'node:timers/promises'
import type { Log } from '../log.ts'
import type { Mail, Mailer } from './mailer.ts'

export interface Post {
  /** Hands a mail over without making the caller wait; tries again when the mail server fails, then logs the loss. */
  post(mail: Mail): void
  /** Resolves when every mail so far was sent or given up. */
  drain(): Promise<void>
  /** Stops waiting between tries: each mail that waits gets its last try now. */
  close(): Promise<void>
}

const PAUSES_MS = [1_000, 5_000, 30_000, 120_000]

/**
 * Sends mails in the background. Answers must not wait for a mail server: they would be slow, and their time would
 * tell whether an address is known.
 */
export function openPost(mailer: Mailer, log: Log, pauses: readonly number[] = PAUSES_MS): Post {
  const pending = new Set<Promise<void>>()
  const closing = new AbortController()

  async function deliver(mail: Mail): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await mailer.send(mail)
      } catch (error) {
        const pause = pauses[attempt]
        if (pause === undefined || closing.signal.aborted) {
          log.error({ err: error, kind: mail.kind }, 'a mail could not be sent')
          return
        }
        log.warn({ err: error, kind: mail.kind, pause }, 'a mail could not be sent, trying again')
        await wait(pause, undefined, { signal: closing.signal }).catch(() => {})
      }
    }
  }
  const drain = async () => {
    while (pending.size > 0) await Promise.all(pending)
  }
  return {
    post(mail) {
      const delivery = deliver(mail).finally(() => pending.delete(delivery))
      pending.add(delivery)
    },
    drain,
    async close() {
      closing.abort()
      await drain()
    },
  }
}

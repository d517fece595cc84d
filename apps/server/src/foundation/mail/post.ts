import { setTimeout as wait } from 'node:timers/promises'
import type { Log } from '../log.ts'
import type { MailStatus } from './mail-records.ts'
import type { Mail, Mailer } from './mailer.ts'

export interface MailEnd {
  readonly status: MailStatus
  readonly messageId?: string | null
  readonly error?: string | null
}

/** Puts mails into the words that administrators chose, and notes what became of them. */
export interface MailKeeper {
  /** Null: this case is switched off. */
  dress(mail: Mail): Promise<Mail | null>
  note(mail: Mail, end: MailEnd): Promise<void>
}

export interface Post {
  /** Hands a mail over without making the caller wait; tries again when the mail server fails, then logs the loss. */
  post(mail: Mail): void
  /** Notes a mail that was not sent because it had been sent before. */
  skipped(mail: Mail): void
  /** One try, for whoever waits for its end. */
  sendNow(mail: Mail): Promise<MailEnd>
  /** Resolves when every mail so far was sent or given up. */
  drain(): Promise<void>
  /** Stops waiting between tries: each mail that waits gets its last try now. */
  close(): Promise<void>
}

export interface PostOptions {
  /** Milliseconds between tries. */
  readonly pauses?: readonly number[]
  readonly keeper?: MailKeeper | undefined
}

const PAUSES_MS = [1_000, 5_000, 30_000, 120_000]

const messageIdOf = (sent: unknown): string | null => {
  const { messageId } = (sent ?? {}) as { messageId?: unknown }
  return typeof messageId === 'string' ? messageId : null
}
const failure = (error: unknown): MailEnd => ({
  status: 'failed',
  error: error instanceof Error ? error.message : String(error),
})

/**
 * Sends mails in the background. Answers must not wait for a mail server: they would be slow, and their time would
 * tell whether an address is known.
 */
export function openPost(mailer: Mailer, log: Log, options: PostOptions = {}): Post {
  const { pauses = PAUSES_MS, keeper } = options
  const pending = new Set<Promise<void>>()
  const closing = new AbortController()

  // A mail in the built-in words is better than none.
  const dressed = async (mail: Mail): Promise<Mail | null> => {
    try {
      return keeper === undefined ? mail : await keeper.dress(mail)
    } catch (error) {
      log.warn(
        { err: error, kind: mail.kind },
        'the words of a mail could not be read; it goes out in the built-in ones',
      )
      return mail
    }
  }
  const note = async (mail: Mail, end: MailEnd): Promise<void> => {
    try {
      await keeper?.note(mail, end)
    } catch (error) {
      log.warn({ err: error, kind: mail.kind }, 'what became of a mail could not be noted')
    }
  }
  async function deliver(given: Mail): Promise<void> {
    const mail = await dressed(given)
    if (mail === null) return note(given, { status: 'skipped_disabled' })
    for (let attempt = 0; ; attempt++) {
      try {
        const messageId = messageIdOf(await mailer.send(mail))
        return await note(mail, { status: 'sent', messageId })
      } catch (error) {
        const pause = pauses[attempt]
        if (pause === undefined || closing.signal.aborted) {
          log.error({ err: error, kind: mail.kind }, 'a mail could not be sent')
          return note(mail, failure(error))
        }
        log.warn({ err: error, kind: mail.kind, pause }, 'a mail could not be sent, trying again')
        await wait(pause, undefined, { signal: closing.signal }).catch(() => {})
      }
    }
  }
  const follow = (work: Promise<void>): void => {
    const delivery = work.finally(() => pending.delete(delivery))
    pending.add(delivery)
  }
  const drain = async () => {
    while (pending.size > 0) await Promise.all(pending)
  }
  return {
    post: (mail) => follow(deliver(mail)),
    skipped: (mail) => follow(note(mail, { status: 'skipped_dedup' })),
    async sendNow(given) {
      const mail = await dressed(given)
      const end: MailEnd =
        mail === null
          ? { status: 'skipped_disabled' }
          : await mailer.send(mail).then((sent) => ({ status: 'sent', messageId: messageIdOf(sent) }), failure)
      await note(mail ?? given, end)
      return end
    },
    drain,
    async close() {
      closing.abort()
      await drain()
    },
  }
}

import { createHash } from 'node:crypto'
import { ImapFlow } from 'imapflow'
import type { Egress } from '../hosts/index.ts'
import { addressOf, type OpenAccount } from './account.ts'
import { mailboxErrors } from './errors.ts'

/** Signing in costs seconds at some providers; a person who reads mail asks again within this time. */
const KEPT_MS = 60_000
const MOST_KEPT = 50
const MEBIBYTE = 1024 * 1024

interface Kept {
  readonly client: ImapFlow
  using: number
  timer: NodeJS.Timeout | null
}

/** Connections to IMAP servers: one for each mailbox and process, kept for a minute. */
export interface ImapConnections {
  /** Runs the work with a connection that is signed in. @throws MAILBOX_SIGN_IN_REFUSED, MAILBOX_UNREACHABLE, MAILBOX_SERVER_CLOSED_OFF */
  use<T>(account: OpenAccount, work: (client: ImapFlow) => Promise<T>): Promise<T>
  close(): Promise<void>
}

async function connect(egress: Pick<Egress, 'addressOf'>, account: OpenAccount): Promise<ImapFlow> {
  const { imap } = account
  const client = new ImapFlow({
    host: await addressOf(egress, imap),
    servername: imap.host,
    port: imap.port,
    secure: imap.security === 'tls',
    doSTARTTLS: imap.security === 'starttls',
    auth: { user: account.username, pass: account.password },
    logger: false,
    disableAutoIdle: true,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 60_000,
    // What a hostile server may make us keep in memory for one answer.
    maxLineLength: 4 * MEBIBYTE,
    maxLiteralSize: 8 * MEBIBYTE,
    maxResponseSize: 16 * MEBIBYTE,
    maxResponseTokens: 200_000,
  })
  // Without a listener an error between two requests would end the process; the next request opens a connection anew.
  client.on('error', () => client.close())
  try {
    await client.connect()
    return client
  } catch (problem) {
    client.close()
    const { authenticationFailed } = (problem ?? {}) as { authenticationFailed?: boolean }
    if (authenticationFailed) throw mailboxErrors.SIGN_IN_REFUSED({ host: imap.host }, problem)
    throw mailboxErrors.UNREACHABLE({ host: imap.host, why: reasonOf(problem) }, problem)
  }
}

/** Why a mail server was not reached, in words that hold no more than the kind of failure. */
export function reasonOf(problem: unknown): string {
  const { code, tlsFailed, message = '' } = (problem ?? {}) as { code?: string; tlsFailed?: boolean; message?: string }
  if (code === 'ECONNREFUSED') return 'nothing listens at that port.'
  if (code === 'CONNECT_TIMEOUT' || code === 'GREETING_TIMEOUT' || code === 'ETIMEDOUT')
    return 'it did not answer in time.'
  // The SMTP client puts ESOCKET in place of the code that names the certificate.
  const encrypts = /^ERR_(?:SSL|TLS)|CERT|ETLS|SELF_SIGNED/.test(code ?? '') || /certificate|altnames/i.test(message)
  return tlsFailed || encrypts ? 'no encrypted connection came about.' : 'the connection was lost.'
}

const keyOf = (account: OpenAccount): string => createHash('sha256').update(JSON.stringify(account)).digest('base64')

export function openImapConnections(egress: Pick<Egress, 'addressOf'>): ImapConnections {
  const kept = new Map<string, Kept>()

  function end(key: string, one: Kept): void {
    if (one.timer !== null) clearTimeout(one.timer)
    if (kept.get(key) === one) kept.delete(key)
    one.client.logout().catch(() => one.client.close())
  }

  function rest(key: string, one: Kept): void {
    one.using -= 1
    if (one.using > 0) return
    if (!one.client.usable || kept.size > MOST_KEPT) {
      end(key, one)
      return
    }
    one.timer = setTimeout(() => end(key, one), KEPT_MS)
    one.timer.unref()
  }

  async function take(account: OpenAccount): Promise<readonly [string, Kept]> {
    const key = keyOf(account)
    const known = kept.get(key)
    if (known?.client.usable) {
      if (known.timer !== null) clearTimeout(known.timer)
      known.timer = null
      known.using += 1
      return [key, known]
    }
    const fresh: Kept = { client: await connect(egress, account), using: 1, timer: null }
    kept.set(key, fresh)
    return [key, fresh]
  }

  return {
    async use(account, work) {
      const [key, one] = await take(account)
      try {
        return await work(one.client)
      } finally {
        rest(key, one)
      }
    },
    async close() {
      for (const [key, one] of kept) end(key, one)
    },
  }
}

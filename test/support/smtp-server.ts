import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

export interface TakenMail {
  readonly from: string
  readonly to: readonly string[]
  readonly raw: string
}

/** A mail server that takes mail over SMTP from one account. What is for `nobody@…` is refused. */
export interface SmtpServer {
  readonly port: number
  readonly taken: readonly TakenMail[]
  close(): Promise<void>
}

export async function startSmtpServer(
  account: { readonly user: string; readonly password: string },
  /** Speaks TLS: from the first byte, as on port 465, or after STARTTLS and not before. */
  identity?: { readonly key: string; readonly cert: string; readonly from: 'first byte' | 'starttls' },
): Promise<SmtpServer> {
  const taken: TakenMail[] = []
  const server = new SMTPServer({
    ...(identity === undefined
      ? { disabledCommands: ['STARTTLS'], allowInsecureAuth: true }
      : { secure: identity.from === 'first byte', key: identity.key, cert: identity.cert }),
    onAuth: ({ username, password }, _session, done) =>
      username === account.user && password === account.password
        ? done(null, { user: account.user })
        : done(new Error('Invalid username or password')),
    onRcptTo: ({ address }, _session, done) =>
      address.startsWith('nobody@') ? done(new Error('No such person here')) : done(),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        const from = mailFrom === false ? '' : mailFrom.address
        taken.push({ from, to: rcptTo.map(({ address }) => address), raw: Buffer.concat(chunks).toString('utf8') })
        done()
      })
    },
  })
  server.on('error', () => {}) // clients that leave in the middle
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.server.address() as AddressInfo).port,
    taken,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

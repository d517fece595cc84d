import tls from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ImapServer, startImapServer } from '../../../../../test/support/imap-server.ts'
import { MAIL_CERTIFICATE } from '../../../../../test/support/mail-certificate.ts'
import { type SmtpServer, startSmtpServer } from '../../../../../test/support/smtp-server.ts'
import type { OpenAccount } from './account.ts'
import { openImapConnections } from './imap-connections.ts'
import { checkSmtp } from './send-message.ts'

const ada = { user: 'ada@example.com', password: 'k0rn-blume-wind' }
// Every name leads to this machine; whose server it is, its certificate has to show.
const egress = { addressOf: async () => '127.0.0.1' }
const imapConnections = openImapConnections(egress)
const trusted = tls.getCACertificates()

let imaps: ImapServer
let imap: ImapServer
let smtps: SmtpServer
let submission: SmtpServer
let smtp: SmtpServer
beforeAll(async () => {
  tls.setDefaultCACertificates([...trusted, MAIL_CERTIFICATE.cert])
  const [first, later] = [
    { ...MAIL_CERTIFICATE, from: 'first byte' },
    { ...MAIL_CERTIFICATE, from: 'starttls' },
  ] as const
  ;[imaps, imap] = [await startImapServer(ada, MAIL_CERTIFICATE), await startImapServer(ada)]
  ;[smtps, submission] = [await startSmtpServer(ada, first), await startSmtpServer(ada, later)]
  smtp = await startSmtpServer(ada)
})
afterAll(async () => {
  await imapConnections.close()
  await Promise.all([imaps, imap, smtps, submission, smtp].map((server) => server?.close()))
  tls.setDefaultCACertificates(trusted)
})

type Security = OpenAccount['imap']['security']
const account = (port: number, security: Security, host: string = MAIL_CERTIFICATE.name): OpenAccount => {
  const server = { host, port, security }
  return { email: ada.user, name: 'Ada', username: ada.user, imap: server, smtp: server, password: ada.password }
}

test('a mailbox is opened over TLS, under the name that its certificate bears', async () => {
  imaps.deliver('From: grace@example.com\nSubject: Hello\n\nHi.\n')
  const seen = await imapConnections.use(account(imaps.port, 'tls'), async (client) => ({
    encrypted: client.secureConnection,
    status: await client.status('INBOX', { messages: true }),
  }))
  expect(seen).toMatchObject({ encrypted: true, status: { messages: 1 } })
  expect(imaps.signIns).toBe(1)
})

test.each(['tls', 'starttls'] as const)('mail goes out by %s', async (security) => {
  await checkSmtp(egress, account(security === 'tls' ? smtps.port : submission.port, security))
})

test('a server with the certificate of another name gets no password', async () => {
  const before = imaps.signIns
  const wrong = account(imaps.port, 'tls', 'mail.example.net')
  const problem = { code: 'MAILBOX_UNREACHABLE', message: expect.stringContaining('no encrypted connection') }
  await expect(imapConnections.use(wrong, async () => undefined)).rejects.toMatchObject(problem)
  await expect(checkSmtp(egress, account(smtps.port, 'tls', 'mail.example.net'))).rejects.toMatchObject(problem)
  await expect(checkSmtp(egress, account(submission.port, 'starttls', 'mail.example.net'))).rejects.toMatchObject({
    code: 'MAILBOX_UNREACHABLE',
  })
  expect(imaps.signIns).toBe(before)
})

test('a server that offers no encryption where it was asked for gets no password', async () => {
  await expect(imapConnections.use(account(imap.port, 'starttls'), async () => undefined)).rejects.toMatchObject({
    code: 'MAILBOX_UNREACHABLE',
  })
  expect(imap.signIns).toBe(0)
  await expect(checkSmtp(egress, account(smtp.port, 'starttls'))).rejects.toMatchObject({
    code: expect.stringMatching(/^MAILBOX_(?:UNREACHABLE|REFUSED)$/),
  })
})

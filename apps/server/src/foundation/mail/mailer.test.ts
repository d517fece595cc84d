import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import pino from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openMailer, openPost } from './index.ts'

const mail = { kind: 'verify_email', to: 'ada@example.com', subject: 'Hello', text: 'Code:\n\nabc123\n' }
let folder: string
let lines: Record<string, unknown>[]
let log: pino.Logger

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'imperal-mail-'))
  lines = []
  log = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line)) })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('without a mail server each mail is a private .eml file that the log names', async () => {
  const mailer = openMailer({ from: 'Imperal <no-reply@example.com>', dataDir: folder, log })
  await mailer.send(mail)
  await mailer.close()
  const [name] = readdirSync(path.join(folder, 'mail'))
  const file = path.join(folder, 'mail', String(name))
  expect(name).toMatch(/-verify_email-[0-9a-f]{6}\.eml$/)
  expect(readFileSync(file, 'utf8')).toMatch(
    /^From: Imperal <no-reply@example\.com>\nTo: ada@example\.com\nSubject: Hello/,
  )
  expect(readFileSync(file, 'utf8')).toContain('\nabc123\n')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(lines).toContainEqual(expect.objectContaining({ file, kind: 'verify_email' }))
})

test('what a program for mail has to decode can be read in an editor as well, and a program passes over that', async () => {
  const mailer = openMailer({ from: 'Imperal <no-reply@example.com>', dataDir: folder, log })
  const link = `https://cloud.example/verify?token=${'aZ3='.repeat(30)}`
  await mailer.send({ ...mail, text: `Open this:\n\n${link}\n`, html: `<a href="${link}">Open</a>` })
  await mailer.close()
  const [name] = readdirSync(path.join(folder, 'mail'))
  const written = readFileSync(path.join(folder, 'mail', String(name)), 'utf8')
  // RFC 2046: what stands between the head and the first boundary is for nobody's program.
  const boundary = /boundary="(.+)"/.exec(written)?.[1]
  const [head = '', ...parts] = written.split(`\n--${boundary}`)
  expect(head.endsWith(`\n\nOpen this:\n\n${link}\n`)).toBe(true)
  expect(parts.map((part) => /^Content-Type: .*$/m.exec(part)?.[0] ?? part.trim())).toEqual([
    'Content-Type: text/plain; charset=utf-8',
    'Content-Type: text/html; charset=utf-8',
    '--',
  ])
})

/** A mail server of a few lines: speaks enough SMTP for one message. */
function smtpServer(received: string[]): Promise<Server> {
  const talk = (socket: Socket) => {
    let data: string | null = null
    let rest = ''
    socket.write('220 test\r\n')
    socket.on('data', (chunk) => {
      rest += chunk
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end)
        rest = rest.slice(end + 2)
        if (data !== null && line === '.') {
          received.push(data)
          data = null
          socket.write('250 taken\r\n')
        } else if (data !== null) {
          data += `${line}\n`
        } else if (line === 'DATA') {
          data = ''
          socket.write('354 go on\r\n')
        } else {
          socket.write('250 fine\r\n')
        }
      }
    })
  }
  const server = createServer(talk)
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

test('with SMTP_URL mails go to the mail server', async () => {
  const received: string[] = []
  const server = await smtpServer(received)
  const { port } = server.address() as { port: number }
  const mailer = openMailer({ smtpUrl: `smtp://127.0.0.1:${port}`, from: 'no-reply@example.com', dataDir: folder, log })
  await mailer.send(mail)
  await mailer.close()
  server.close()
  expect(received).toHaveLength(1)
  expect(received[0]).toContain('To: ada@example.com')
  expect(readdirSync(folder)).toEqual([])
})

test('a mail that fails is tried again, and its loss is logged', async () => {
  let failures = 2
  const sent: string[] = []
  const mailer = {
    send: async ({ to }: { to: string }) => {
      if (failures-- > 0) throw new Error('mail server is down')
      sent.push(to)
    },
    close: async () => {},
  }
  const post = openPost(mailer, log, { pauses: [0, 0] })
  post.post(mail)
  await post.drain()
  expect(sent).toEqual(['ada@example.com'])

  failures = 3
  post.post(mail)
  await post.drain()
  expect(sent).toHaveLength(1)
  expect(lines.at(-1)).toMatchObject({ msg: 'a mail could not be sent', kind: 'verify_email' })
})

test('closing gives a waiting mail its last try at once', async () => {
  let calls = 0
  const mailer = {
    send: async () => {
      calls++
      throw new Error('mail server is down')
    },
    close: async () => {},
  }
  const post = openPost(mailer, log, { pauses: [3_600_000] })
  post.post(mail)
  await vi.waitFor(() => expect(lines.at(-1)).toMatchObject({ pause: 3_600_000 }))
  await post.close()
  expect(calls).toBe(2)
})

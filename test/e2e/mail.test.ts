import type { CallResponse } from '@imperal/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ImapServer, startImapServer } from '../support/imap-server.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, send, signInAdmin } from '../support/session.ts'
import { type SmtpServer, startSmtpServer } from '../support/smtp-server.ts'

const ada = { user: 'ada@example.com', password: 'k0rn-blume-wind' }
let imap: ImapServer
let smtp: SmtpServer
let server: TestServer
let admin: Session

beforeAll(async () => {
  imap = await startImapServer(ada)
  smtp = await startSmtpServer(ada)
  server = await startTestServer({ env: { IMPERAL_ALLOW_PRIVATE_NETWORK: 'true' } })
  admin = await signInAdmin(server)
}, 240_000)
afterAll(async () => {
  await imap.close()
  await smtp.close()
})

const call = (name: string, params: object = {}) => admin.call('mail', name, params)
async function succeeds(name: string, params: object = {}): Promise<CallResponse> {
  const answer = await call(name, params)
  expect(answer, `${name}: ${JSON.stringify(answer)}`).toMatchObject({ status: 'success' })
  return answer
}
async function confirmed(name: string, params: object): Promise<CallResponse> {
  const asked = await call(name, params)
  expect(asked, JSON.stringify(asked)).toMatchObject({ status: 'error', error_code: 'CONFIRMATION_REQUIRED' })
  const { confirmation_id } = (asked.data as { confirmation: { confirmation_id: string } }).confirmation
  const decided = await admin.request('POST', `/v1/confirmations/${confirmation_id}/confirm`, {})
  return (decided.body as { results: CallResponse[] }).results[0] as CallResponse
}
const draws = async (panel: string, params: object = {}) =>
  JSON.stringify((await succeeds(`__panel__${panel}`, params)).ui)
const mail = (subject: string, text: string, more = '') =>
  `From: Grace Hopper <grace@example.com>\nTo: Ada <ada@example.com>, bob@example.com\nSubject: ${subject}\n` +
  `Message-ID: <${subject.replaceAll(/\W/g, '')}@example.com>\n${more}\n${text}\n`
type Listed = { mails: { mail_id: string; subject: string; unread: boolean; attachments: number }[]; total: number }
const listed = async (name = 'list_mail', params: object = {}) => (await succeeds(name, params)).data as Listed
const idOf = async (subject: string): Promise<string> => {
  const found = (await listed()).mails.find((one) => one.subject === subject)
  if (found === undefined) throw new Error(`no mail “${subject}”`)
  return found.mail_id
}

const here = () => ({
  email: ada.user,
  name: 'Ada',
  imap_server: `127.0.0.1:${imap.port}`,
  smtp_server: `127.0.0.1:${smtp.port}`,
})

describe('a mailbox at a real server', () => {
  test('it is connected by its person, who stores the password where no app reads it', async () => {
    expect(await draws('inbox')).toContain('Connect a mailbox')
    expect(await call('list_mail')).toMatchObject({ status: 'error', error_code: 'MAILBOX_NOT_SET_UP' })
    // The servers get the password, so the person agrees to them.
    expect((await confirmed('connect_mailbox', here())).data).toMatchObject({ has_password: false })
    expect(await draws('inbox')).toContain('Store the password')
    expect(await call('list_mail')).toMatchObject({ error_code: 'MAILBOX_PASSWORD_MISSING' })
    const store = (value: string) => admin.request('PUT', '/v1/secrets/mail/password', { value })
    expect((await store('wrong')).status).toBeLessThan(300)
    const refused = await call('check_mailbox')
    expect(refused).toMatchObject({ error_code: 'MAILBOX_SIGN_IN_REFUSED' })
    expect(refused.error).toContain('did not accept the name and the password')
    await store(ada.password)
    expect((await succeeds('check_mailbox')).data).toEqual({ email: ada.user, folders: 4 })
  })

  test('nobody but apps of the platform reaches it', async () => {
    expect((await admin.request('GET', '/v1/mailbox/messages')).status).toBe(404)
    expect((await send(`${server.url}/v1/mailbox/messages`, 'GET')).status).toBe(404)
  })

  test('it is listed, paged, searched and read, and reading leaves it unread', async () => {
    imap.deliver(mail('Lunch', 'Shall we eat at noon?'))
    imap.deliver(mail('Compiler', 'It works now.', 'Content-Type: text/plain; charset=utf-8\n'))
    const html =
      '<style>p{}</style><p>Hello <b>Ada</b>,</p><script>steal()</script><p>see <a href="https://example.com/x">the page</a></p>'
    imap.deliver(mail('Letter', html, 'Content-Type: text/html; charset=utf-8\n'))
    const all = await listed()
    expect(all).toMatchObject({
      total: 3,
      mails: [{ subject: 'Letter', unread: true }, { subject: 'Compiler' }, { subject: 'Lunch' }],
    })
    const page = await listed('list_mail', { limit: 1, older_than: all.mails[0]?.mail_id })
    expect(page).toMatchObject({ total: 2, mails: [{ subject: 'Compiler' }], has_more: true })
    expect(await listed('search_mail', { text: 'noon' })).toMatchObject({ total: 1, mails: [{ subject: 'Lunch' }] })
    expect(await listed('search_mail', { from: 'grace', subject: 'comp' })).toMatchObject({ total: 1 })
    expect(await listed('search_mail', { since: '2001-01-01', before: '2001-01-02' })).toMatchObject({ total: 0 })
    expect(await call('search_mail')).toMatchObject({ error_code: 'NOTHING_TO_SEARCH' })
    const letter = await succeeds('read_mail', { mail_id: await idOf('Letter') })
    expect(letter.data).toMatchObject({
      from: 'Grace Hopper <grace@example.com>',
      text_of_sender: 'Hello Ada,\n\nsee the page (https://example.com/x)',
    })
    expect((await listed('list_mail', { unread: true })).total).toBe(3)
    expect((await succeeds('list_folders')).summary).toContain('INBOX (3 unread)')
    expect(await call('list_mail', { folder: 'Nowhere' })).toMatchObject({ error_code: 'MAILBOX_FOLDER_NOT_FOUND' })
    expect(await call('read_mail', { mail_id: '999:INBOX' })).toMatchObject({ error_code: 'MAILBOX_MESSAGE_NOT_FOUND' })
  })

  test('one connection serves a person who reads on', async () => {
    const before = imap.signIns
    for (let count = 0; count < 5; count++) await listed()
    expect(imap.signIns).toBe(before)
  })

  test('attachments are named, broken mails do no harm', async () => {
    const parts =
      '--b\nContent-Type: text/plain\n\nSee the file.\n--b\nContent-Type: application/pdf; name="plan.pdf"\n' +
      'Content-Disposition: attachment; filename="plan.pdf"\nContent-Transfer-Encoding: base64\n\nJVBERi0=\n--b--'
    imap.deliver(mail('Plan', parts, 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n'))
    imap.deliver(
      mail(
        'Broken',
        '--x\n--x\n\n--x--\n=?utf-8?Q?=ZZ?=',
        'Content-Type: multipart/mixed; boundary=y\nContent-Transfer-Encoding: base64\n',
      ),
    )
    const plan = await succeeds('read_mail', { mail_id: await idOf('Plan') })
    expect(plan.data).toMatchObject({
      text_of_sender: 'See the file.',
      attachments: [{ name: 'plan.pdf', type: 'application/pdf', bytes: 5 }],
    })
    await succeeds('read_mail', { mail_id: await idOf('Broken') })
    expect(await draws('message', { mail_id: await idOf('Plan') })).toContain('plan.pdf (5 B)')
  })

  test('a mail is sent only when its person agreed to exactly this text and these recipients', async () => {
    const message = {
      to: ['grace@example.com'],
      cc: 'bob@example.com',
      bcc: ['eve@example.com'],
      subject: 'Hi',
      text: 'Tea?',
    }
    const sent = await confirmed('send_mail', message)
    expect(sent, JSON.stringify(sent)).toMatchObject({ status: 'success', data: { kept_in: 'Sent' } })
    expect(smtp.taken).toHaveLength(1)
    const [taken] = smtp.taken
    expect(taken?.to).toEqual(['grace@example.com', 'bob@example.com', 'eve@example.com'])
    expect(taken?.raw).toContain('From: Ada <ada@example.com>')
    expect(taken?.raw).toContain('Tea?')
    expect(taken?.raw).not.toContain('eve@')
    expect(imap.mails('Sent').map(({ raw }) => raw.includes('Tea?'))).toEqual([true])
    const refused = await confirmed('send_mail', { ...message, to: ['nobody@example.com'], cc: [], bcc: [] })
    expect(refused).toMatchObject({ status: 'error', error_code: 'MAILBOX_REFUSED' })
    expect(refused.error).toContain('No such person here')
  })

  test('a subject with line breaks adds no header', async () => {
    await confirmed('send_mail', { to: ['grace@example.com'], subject: 'One\r\nBcc: mallory@example.com', text: 'x' })
    const taken = smtp.taken.at(-1)
    expect(taken?.to).toEqual(['grace@example.com'])
    expect(taken?.raw).not.toMatch(/^Bcc:/im)
  })

  test('an answer goes where the mail wants it, is threaded, and marks the mail', async () => {
    const mail_id = await idOf('Lunch')
    const elsewhere = await confirmed('reply_mail', { mail_id, to: ['mallory@example.com'], text: 'Yes' })
    expect(elsewhere).toMatchObject({ error_code: 'OTHER_RECIPIENT' })
    const all = { mail_id, to: ['grace@example.com'], text: 'Yes!', reply_all: true }
    // Nobody gets the answer whom the card did not name.
    const unnamed = await confirmed('reply_mail', all)
    expect(unnamed).toMatchObject({ error_code: 'OTHER_RECIPIENT' })
    expect(unnamed.error).toContain('bob@example.com')
    const answered = await confirmed('reply_mail', { ...all, cc: ['bob@example.com'] })
    expect(answered, JSON.stringify(answered)).toMatchObject({ status: 'success' })
    const taken = smtp.taken.at(-1)
    expect(taken?.to).toEqual(['grace@example.com', 'bob@example.com'])
    expect(taken?.raw).toContain('Subject: Re: Lunch')
    expect(taken?.raw).toContain('In-Reply-To: <Lunch@example.com>')
    expect(taken?.raw).toContain('> Shall we eat at noon?')
    const lunch = imap.mails('INBOX').find(({ raw }) => raw.includes('Subject: Lunch'))
    expect([...(lunch?.flags ?? [])]).toContain('\\Answered')
  })

  test('mail is marked, moved, and deleted twice before it is gone', async () => {
    await succeeds('mark_mail', { mail_ids: [await idOf('Compiler')], read: true, flagged: true })
    expect(await listed('list_mail', { flagged: true })).toMatchObject({
      mails: [{ subject: 'Compiler', unread: false }],
    })
    await succeeds('mark_mail', { mail_ids: [await idOf('Compiler')], flagged: false })
    expect((await listed('list_mail', { flagged: true })).total).toBe(0)
    expect((await succeeds('move_mail', { mail_ids: [await idOf('Compiler')], to_folder: 'Archive' })).data).toEqual({
      moved: 1,
    })
    expect(imap.mails('Archive')).toHaveLength(1)
    expect(await call('move_mail', { mail_ids: [await idOf('Letter')], to_folder: 'No' })).toMatchObject({
      error_code: 'MAILBOX_FOLDER_NOT_FOUND',
    })
    expect((await confirmed('delete_mail', { mail_ids: [await idOf('Letter')] })).data).toEqual({
      deleted: 1,
      kept_in: 'Trash',
    })
    const [thrown] = (await listed('list_mail', { folder: 'Trash' })).mails
    expect(thrown).toMatchObject({ subject: 'Letter' })
    const gone = await confirmed('delete_mail', { mail_ids: [thrown?.mail_id] })
    expect(gone.data).toEqual({ deleted: 1, kept_in: null })
    expect(imap.mails('Trash')).toEqual([])
  })

  test('its panels draw: the folder, one mail, an answer, a new mail, the settings', async () => {
    expect(await draws('inbox')).toContain('Lunch')
    expect(await draws('inbox', { folder: 'Archive' })).toContain('Compiler')
    expect(await draws('inbox', { text: 'no mail has this' })).toContain('Nothing fits.')
    expect(await draws('message', { mail_id: await idOf('Lunch') })).toContain('Shall we eat at noon?')
    expect(await draws('message', { mail_id: await idOf('Lunch'), reply: true })).toContain('To grace@example.com')
    expect(await draws('message', { mail_id: '999:INBOX' })).toContain('not in that folder any more')
    expect(await draws('compose')).toContain('You are asked before it is sent.')
    expect(await draws('settings')).toContain('stored')
  })

  test('the password is in no answer, no document and no record', async () => {
    const shown = JSON.stringify([await draws('settings'), await call('check_mailbox')])
    const actions = JSON.stringify((await admin.request('GET', '/v1/actions?app_id=mail&per_page=100')).body)
    expect(shown + actions).not.toContain(ada.password)
  })

  test('a mailbox is not a way into networks that are closed, and no password crosses one in the clear', async () => {
    await confirmed('connect_mailbox', { ...here(), imap_server: '169.254.169.254' })
    expect(await call('list_mail')).toMatchObject({ error_code: 'MAILBOX_SERVER_CLOSED_OFF' })
    // Encrypted or not at all: this port speaks no TLS.
    await confirmed('connect_mailbox', { ...here(), imap_server: `ip6-localhost.example.invalid:${imap.port}` })
    expect(await call('list_mail')).toMatchObject({ error_code: 'MAILBOX_UNREACHABLE' })
    expect((await confirmed('disconnect_mailbox', {})).data).toEqual({ forgotten: 1 })
    expect(await call('list_mail')).toMatchObject({ error_code: 'MAILBOX_NOT_SET_UP' })
  })
})

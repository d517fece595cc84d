import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type ImapServer, startImapServer } from '../support/imap-server.ts'
import { type SmtpServer, startSmtpServer } from '../support/smtp-server.ts'
import { existing, person, signIn } from './support/people.ts'
import { becomes, gone, PATIENCE, STORY_TIMEOUT, shown } from './support/seeing.ts'
import { centerPanel, leftPanel, openApp, row, showView } from './support/shell.ts'
import { useStage } from './support/stage.ts'

const account = { user: 'ida@example.com', password: 'k0rn-blume-wind' }
const stage = useStage(async () => ({ IMPERAL_ALLOW_PRIVATE_NETWORK: 'true' }))
const ida = person('Ida')
let imap: ImapServer
let smtp: SmtpServer

beforeAll(async () => {
  if (inject('chromium') === '') return
  imap = await startImapServer(account)
  smtp = await startSmtpServer(account)
  await existing(stage.server, ida, ['mail'])
  imap.deliver(
    'From: Grace Hopper <grace@example.com>\nTo: Ida <ida@example.com>\nSubject: Lunch\nMessage-ID: <lunch@example.com>\n\n' +
      'Shall we eat at noon?\n\nGrace\n',
  )
}, PATIENCE)
afterAll(async () => {
  await imap?.close()
  await smtp?.close()
})

test(
  'a person connects a mailbox, reads in it, answers, and throws a mail away',
  async () => {
    const visitor = await stage.open()
    const { page } = visitor
    await signIn(visitor, ida)
    await openApp(visitor, 'Mail')
    await showView(visitor, 'Panel')
    const left = leftPanel(visitor, 'Mail')
    const center = centerPanel(visitor, 'Mail')
    await left.getByRole('button', { name: 'Connect a mailbox' }).click()
    await center.getByRole('textbox', { name: /^Address/ }).fill('ida@example.com')
    await center.getByRole('textbox', { name: /IMAP/ }).fill(`127.0.0.1:${imap.port}`)
    await center.getByRole('textbox', { name: /SMTP/ }).fill(`127.0.0.1:${smtp.port}`)
    await visitor.picture('mail-connect')
    await center.getByRole('button', { name: 'Connect' }).click()
    // The servers are shown before they get the password.
    await shown(page.getByText(`127.0.0.1:${imap.port}`).last())
    await visitor.picture('mail-connect-confirm')
    await page.getByRole('button', { name: /^Connect mailbox/ }).click()
    await left.getByRole('button', { name: 'Store the password' }).click()
    await page
      .getByRole('heading', { name: /Secrets/ })
      .first()
      .waitFor()
    await visitor.picture('mail-secret-page')
    await page.getByLabel('Value').fill(account.password)
    await page.getByRole('button', { name: 'Save value' }).click()
    await gone(page.getByText('not set', { exact: true }))
    await openApp(visitor, 'Mail')
    await shown(row(left, 'Lunch').getByText('new'))
    await visitor.picture('mail-list')
    await row(left, 'Lunch').getByText('Lunch').click()
    await shown(center.getByText('Shall we eat at noon?'))
    await visitor.picture('mail-message')
    await center.getByRole('button', { name: 'Reply' }).click()
    await center.getByRole('textbox', { name: /^To grace@example.com/ }).fill('Yes, at noon.')
    await visitor.picture('mail-reply')
    await center.getByRole('button', { name: 'Send' }).click()
    await shown(page.getByText('Yes, at noon.').last())
    await visitor.picture('mail-reply-confirm')
    await page.getByRole('button', { name: /^Reply mail/ }).click()
    await expect.poll(() => smtp.taken.length, { timeout: PATIENCE }).toBe(1)
    expect(smtp.taken[0]?.raw).toContain('Yes, at noon.')
    await shown(center.getByText('This mail is answered.'))
    await becomes(() => center.getByRole('textbox', { name: /^To grace@example.com/ }).inputValue(), '')
    await visitor.picture('mail-after-reply')
    await row(left, 'Lunch').hover()
    await row(left, 'Lunch').getByRole('button', { name: 'Delete', exact: true }).click()
    await page.getByRole('button', { name: /^Delete mail/ }).click()
    await expect.poll(() => imap.mails('Trash').length, { timeout: PATIENCE }).toBe(1)
    await shown(left.getByText('This folder is empty.'))
    await visitor.picture('mail-empty')
  },
  STORY_TIMEOUT,
)

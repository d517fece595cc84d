import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, send, signInAdmin, until } from '../support/session.ts'

/** The words of mails and the log of what was sent, for services (api.md 3.26). */
let server: TestServer
let ada: Session
beforeAll(async () => {
  server = await startTestServer()
  ada = await signInAdmin(server)
}, 240_000)
afterAll(async () => void (await server?.stop()))

const ask = (method: string, path: string, body?: object, acting = '') =>
  send(`${server.url}/v1/internal/email${path}`, method, body, {
    'x-service-token': server.serviceToken,
    ...(acting === '' ? {} : { 'x-acting-user': acting }),
  })
const save = (name: string, words: object, acting = ada.userId) => ask('PUT', `/templates/${name}`, words, acting)
type Row = { case: string; to_email: string; status: string; subject: string; provider_message_id: string | null }
const log = async (query: string) => (await ask('GET', `/log?${query}`)).body as Row[]
const signUp = (email: string) =>
  send(`${server.url}/v1/auth/signup`, 'POST', { email, password: 's3cure! and long', first_name: 'Bo <b>' })
const logged = (to: string) => until(async () => (await log('')).find(({ to_email }) => to_email === to))

test('[api 3.26] every attempt is logged with what became of it, newest first', async () => {
  await signUp('one@example.com')
  expect(await logged('one@example.com')).toMatchObject({
    ...{ case: 'verify_email', status: 'sent', subject: 'Confirm your e-mail address', tag: 'verify_email' },
    provider_message_id: expect.any(String),
  })
  await signUp('two@example.com')
  await logged('two@example.com')
  const rows = await log('case=verify_email&limit=2')
  expect(rows.map(({ to_email }) => to_email)).toEqual(['two@example.com', 'one@example.com'])
  expect(await log('status=failed')).toEqual([])
  expect(JSON.stringify(rows)).not.toContain('token')
  expect((await ada.request('GET', '/v1/internal/email/log')).status).toBe(403)
})

test('[api 3.26] cases are listed and shown with samples; whoever writes others is an administrator', async () => {
  const cases = (await ask('GET', '/templates')).body as { case: string; enabled: boolean; has_custom_body: boolean }[]
  expect(cases.map((one) => one.case)).toEqual(
    expect.arrayContaining(['verify_email', 'password_reset', 'plan_activated', 'payout_rejected', 'notification']),
  )
  expect(cases.every(({ enabled, has_custom_body: has }) => enabled && !has)).toBe(true)
  expect((await ask('GET', '/templates/verify_email')).body).toMatchObject({
    default_subject: 'Confirm your e-mail address',
    html_body: '',
    default_html_preview: expect.stringContaining('<p>Hello Ada,</p>'),
    placeholders: ['code', 'first_name', 'html', 'link', 'subject', 'text', 'to'],
  })
  expect((await ask('GET', '/templates/no_such_case')).status).toBe(404)
  expect((await save('verify_email', { subject: 'X' }, '')).status).toBe(403)
  expect((await save('no_such_case', { subject: 'X' })).status).toBe(404)
  expect((await save('verify_email', { subject: 'Hi {{secret}}' })).status).toBe(422)
  expect((await save('verify_email', { text_body: 'Welcome, {{first_name}}.' })).status).toBe(422)
  expect((await save('verify_email', { subject: '{{ first_name }}' })).status).toBe(200)
  expect((await save('verify_email', { subject: '' })).status).toBe(200)
})

test('[api 3.26] what an administrator wrote is what is sent; an empty text is back to the built-in words', async () => {
  const words = {
    subject: 'Welcome {{first_name}}',
    html_body: '<h1>{{first_name}}</h1><a href="{{link}}">in</a>{{html}}',
    text_body: 'Go to {{link}}',
  }
  expect((await save('verify_email', words)).body).toEqual({ case: 'verify_email', enabled: true, action: 'saved' })
  await signUp('three@example.com')
  expect(await logged('three@example.com')).toMatchObject({ subject: 'Welcome Bo <b>' })
  const mail = await ask('POST', '/test', { case: 'verify_email', to: 'check@example.com' }, ada.userId)
  expect(mail.body).toMatchObject({ case: 'verify_email', to: 'check@example.com', status: 'sent', error: null })
  expect(await logged('check@example.com')).toMatchObject({ subject: 'Welcome Ada' })
  const { readdirSync, readFileSync } = await import('node:fs')
  const texts = readdirSync(`${server.dataDir}/mail`).map((file) =>
    readFileSync(`${server.dataDir}/mail/${file}`, 'utf8'),
  )
  const mine = texts.find((text) => text.includes('To: three@example.com'))?.replaceAll('=\n', '') ?? ''
  expect(mine).toContain('<h1>Bo &lt;b&gt;</h1>')
  expect(mine).toContain('Go to http')
  expect(mine).toContain('Open this link within 24 hours')
  await save('verify_email', { subject: '', html_body: '' })
  expect((await ask('GET', '/templates/verify_email')).body).toMatchObject({
    ...{ subject: 'Confirm your e-mail address', html_body: '', text_body: 'Go to {{link}}', has_custom_body: true },
    updated_by: ada.userId,
  })
})

test('[api 3.26] a case that is switched off is not sent, and the log and the audit say so', async () => {
  expect((await save('new_device', { enabled: false })).body).toMatchObject({ enabled: false })
  const end = await ask('POST', '/test', { case: 'new_device', to: 'off@example.com' }, ada.userId)
  expect(end.body).toMatchObject({ status: 'skipped_disabled' })
  expect(await logged('off@example.com')).toMatchObject({ status: 'skipped_disabled' })
  expect((await ask('POST', '/test', { case: 'new_device', to: 'off@example.com' })).status).toBe(403)
  const { entries } = (await ada.request('GET', '/v1/audit?action=email_case_toggled')).body as { entries: object[] }
  expect(entries).toContainEqual(expect.objectContaining({ target_id: 'new_device', actor_id: ada.userId }))
})

import { TestHarness } from '@imperal/sdk/testing'
import { expect, test } from 'vitest'
import inbox from '../main.ts'

const open = async () => {
  const app = new TestHarness(inbox, { userId: 'imp_u_ada0001' })
  const { data } = await app.call('make_address', { name: 'Shop' })
  const { url, address_id } = data as { url: string; address_id: string }
  const queryParams = Object.fromEntries(new URL(url).searchParams)
  return { app, queryParams, address_id }
}
const body = (text: string) => new TextEncoder().encode(text)

test('what another service sends arrives, is told, and can be read', async () => {
  const { app, queryParams, address_id } = await open()
  const headers = {
    'content-type': 'application/json',
    'x-shop-id': '7',
    'x-api-key': 'secret',
    authorization: 'Bearer x',
  }
  const answer = await app.webhook('/in', { method: 'POST', headers, rawBody: body('{"order": 1}'), queryParams })
  expect(answer.statusCode).toBe(200)
  expect(app.mock.notify.sent).toMatchObject([{ message: '“Shop” received a message.' }])
  expect(app.mock.emitted).toMatchObject([{ eventType: 'webhooks-inbox.received', data: { address_id } }])
  const { data } = await app.call('list_messages', {})
  const { messages } = data as { messages: { message_id: string; title: string }[] }
  expect(messages).toMatchObject([{ title: '{"order": 1}' }])
  const shown = await app.call('show_message', { message_id: messages[0]?.message_id })
  expect(shown.data).toMatchObject({ body: '{"order": 1}', headers: { 'x-shop-id': '7' } })
  expect(JSON.stringify(shown.data)).not.toContain('secret')
  expect(JSON.stringify(await app.panel('inbox'))).toContain('Shop')
})

test.each([
  ['a wrong key', { key: 'x' }],
  ['another address', { to: 'doc_0' }],
  ['no owner', { for: '' }],
  ['an owner that is none', { for: '__system__' }],
])('%s is refused, and nothing is kept', async (_what, changed) => {
  const { app, queryParams } = await open()
  const answer = await app.webhook('/in', {
    method: 'POST',
    rawBody: body('x'),
    queryParams: { ...queryParams, ...changed },
  })
  expect(answer.statusCode).toBe(401)
  expect((await app.call('list_messages', {})).data).toMatchObject({ total: 0 })
})

test('a deleted address receives nothing more, and what came can be cleared', async () => {
  const { app, queryParams, address_id } = await open()
  await app.webhook('/in', { method: 'POST', rawBody: body('one'), queryParams })
  await app.call('delete_address', { address_id })
  expect((await app.webhook('/in', { method: 'POST', rawBody: body('two'), queryParams })).statusCode).toBe(401)
  expect(await app.call('clear_messages', {})).toMatchObject({ data: { deleted: 1 } })
})

test('a body that was cut is said to be cut, in the answer, its sentence and the panel', async () => {
  const { app, queryParams } = await open()
  const show = async (text: string) => {
    const answer = await app.webhook('/in', { method: 'POST', rawBody: body(text), queryParams })
    const { message_id } = answer.body as { message_id: string }
    return [await app.call('show_message', { message_id }), JSON.stringify(await app.panel('message', { message_id }))]
  }
  const [cut, panel] = await show('x'.repeat(70_000))
  const said = 'The body had 70,000 characters; its first 65,536 are kept.'
  expect(cut).toMatchObject({ data: { truncated: true }, summary: expect.stringContaining(said) })
  expect(panel).toContain(said)
  expect((await show('short'))[0]).toMatchObject({ data: { truncated: false }, summary: 'short' })
})

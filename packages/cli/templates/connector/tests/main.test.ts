import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mockContext, TestHarness } from '@imperal/sdk/testing'
import { ext } from '../main.ts'
import { listIssues } from '../src/github.ts'

const repository = 'nodejs/node'

test('issues are read with the token of the user', async () => {
  const ctx = mockContext({ extension: ext, secrets: { service_token: 'secret' } })
  ctx.mock.http.mockGet('/repos/nodejs/node/issues', [{ number: 7, title: 'Slow', state: 'open' }])
  const result = await listIssues(ctx, { repository })
  assert.deepEqual(result.data, { issues: [{ number: 7, title: 'Slow' }] })
  assert.equal(ctx.mock.http.calls[0]?.headers.authorization, 'Bearer secret')
})

test('within a minute the same question asks the service once', async () => {
  const ctx = mockContext({ extension: ext })
  ctx.mock.http.mockGet('/issues', [{ number: 7, title: 'Slow' }])
  await listIssues(ctx, { repository })
  await listIssues(ctx, { repository })
  assert.equal(ctx.mock.http.calls.length, 1)
  ctx.mock.advance(61)
  await listIssues(ctx, { repository })
  assert.equal(ctx.mock.http.calls.length, 2)
})

test('without a token the request goes out anonymously', async () => {
  const ctx = mockContext({ extension: ext })
  ctx.mock.http.mockGet('/issues', [])
  assert.equal((await listIssues(ctx, { repository })).status, 'success')
  assert.equal(ctx.mock.http.calls[0]?.headers.authorization, undefined)
})

test('a repository that does not exist, and a service that fails, are told apart', async () => {
  const ctx = mockContext({ extension: ext })
  ctx.mock.http.mockGet('/repos/nodejs/gone/issues', {}, 404)
  ctx.mock.http.mockGet('/repos/nodejs/node/issues', {}, 503)
  const gone = await listIssues(ctx, { repository: 'nodejs/gone' })
  const failed = await listIssues(ctx, { repository })
  assert.ok(gone.status === 'error' && failed.status === 'error')
  assert.match(gone.error, /no repository/)
  assert.equal(failed.retryable, true)
})

const secrets = { google_client_id: 'client', google_client_secret: 'of the client' }

test('the consent page asks for what was declared', async () => {
  const { data } = await new TestHarness(ext, { secrets }).call('connect_account', { email: 'ada@example.com' })
  const query = new URL(String(data.url)).searchParams
  assert.equal(query.get('login_hint'), 'ada@example.com')
  assert.match(String(query.get('scope')), /calendar\.readonly/)
})

test('events are read with a token that is good now; without an account the user is told', async () => {
  const harness = new TestHarness(ext, { secrets })
  const nothing = await harness.call('next_events', {})
  assert.equal(nothing.status, 'error')
  await harness.mock.store.seed('google_accounts', [
    { provider: 'google', email: 'ada@example.com', access_token: 'old', refresh_token: 'again', expires_at: 0 },
  ])
  harness.mock.http.mockPost('oauth2.googleapis.com/token', { access_token: 'new', expires_in: 3600 })
  harness.mock.http.mockGet('/calendars/primary/events', { items: [{ summary: 'Tea' }] })
  const { data } = await harness.call('next_events', {})
  assert.deepEqual(data, { events: [{ account: 'ada@example.com', title: 'Tea' }] })
  assert.equal(harness.mock.http.calls.at(-1)?.headers.authorization, 'Bearer new')
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mockContext } from '@imperal/sdk/testing'
import { ext, listIssues } from '../main.ts'

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

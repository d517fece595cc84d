import { expect, test } from 'vitest'
import * as z from 'zod'
import { Extension, RateLimitError, ValidationError } from '../../packages/sdk/src/index.ts'
import { mockContext } from '../../packages/sdk/src/testing/index.ts'
import { SDK_LIMITS } from './limits.ts'

const ext = new Extension('figures')
const Text = ext.cacheModel('text', z.object({ text: z.string() }))
const ctx = () => mockContext({ extension: ext })
const refused = (work: Promise<unknown>) => expect(work).rejects.toThrow(ValidationError)

test('the life and the key of a cached value end where the page says', async () => {
  const { cacheTtl, cacheKeyLength } = SDK_LIMITS
  const keep = (key: string, ttlSeconds: number) => ctx().cache.set(key, Text, { text: '' }, { ttlSeconds })
  await keep('k'.repeat(cacheKeyLength), cacheTtl.least)
  await keep('k', cacheTtl.most)
  await refused(keep('k', cacheTtl.least - 1))
  await refused(keep('k', cacheTtl.most + 1))
  await refused(keep('k'.repeat(cacheKeyLength + 1), cacheTtl.most))
})

test('the size of a cached value ends where the page says', async () => {
  const context = ctx()
  const keep = (length: number) => context.cache.set('k', Text, { text: 'x'.repeat(length) })
  await keep(SDK_LIMITS.cacheBytes - 200)
  await refused(keep(SDK_LIMITS.cacheBytes))
})

test('the time and the number of requests end where the page says', async () => {
  const { httpSeconds, httpPerMinute } = SDK_LIMITS
  const context = ctx()
  const get = (timeout: number = httpSeconds.usual) => context.http.get('https://a.example', { timeout })
  await refused(get(httpSeconds.most + 1))
  await get(httpSeconds.most)
  for (let sent = 1; sent < httpPerMinute; sent += 1) await get()
  await expect(get()).rejects.toThrow(RateLimitError)
})

test('pages end where the page says', async () => {
  const { pageSize, userPageSize } = SDK_LIMITS
  const context = ctx()
  await context.mock.store.seed(
    'things',
    Array.from({ length: pageSize.usual + 1 }, () => ({})),
  )
  expect(await context.store.query('things')).toHaveLength(pageSize.usual)
  await context.store.query('things', { limit: pageSize.most })
  await refused(context.store.query('things', { limit: pageSize.most + 1 }))
  const system = mockContext({ kind: 'schedule', extension: ext })
  await system.store.queryAll('things', { limit: userPageSize })
  await refused(system.store.queryAll('things', { limit: userPageSize + 1 }))
})

test('a chat message and a file end where the page says', async () => {
  const context = ctx()
  const { chatBytes, fileBytes } = SDK_LIMITS
  await context.deliverChatMessage('x'.repeat(chatBytes))
  await context.deliverChatMessage('x'.repeat(chatBytes + 1))
  expect(context.mock.delivered.map(({ text }) => text.endsWith('…(truncated)'))).toEqual([false, true])
  await refused(context.storage.upload('a', new Uint8Array(fileBytes + 1)))
})

test('a panel ends where the page says', async () => {
  const panels = new Extension('figures')
  panels.panel('big', {}, (_ctx, { length }) => ({ type: 'Text', props: { content: 'x'.repeat(Number(length)) } }))
  const show = (length: number) =>
    panels.callTool('__panel__big', mockContext({ kind: 'panel', extension: panels }), { length })
  expect(await show(SDK_LIMITS.panelBytes - 200)).toMatchObject({ ui: { type: 'Text' } })
  expect(await show(SDK_LIMITS.panelBytes)).toMatchObject({ ui: { type: 'Error' } })
})

import { TestHarness } from '@imperal/sdk/testing'
import { expect, test } from 'vitest'
import watchtower from '../main.ts'

const SITE = 'https://shop.example'

function open() {
  const app = new TestHarness(watchtower, { now: '2026-06-01T10:00:00Z' })
  let now = 200
  for (const status of [200, 500, 503]) app.mock.http.mock('GET', () => status === now, {}, { status })
  return {
    app,
    answers(status: number) {
      now = status
    },
  }
}

async function watched() {
  const { app, answers } = open()
  const result = await app.call('watch_site', { url: SITE })
  if (result.status !== 'success') throw new Error(result.error)
  return { app, answers, site_id: String(result.data.site_id) }
}

test('a site is looked at when it is added, and added once', async () => {
  const { app, site_id } = await watched()
  expect(await app.call('watch_site', { url: SITE })).toMatchObject({ data: { site_id, up: true } })
  expect(await app.call('list_sites', {})).toMatchObject({ data: { down: 0, sites: [{ url: SITE, up: true }] } })
  expect(await app.call('watch_site', { url: 'ftp://shop.example' })).toMatchObject({ status: 'error' })
})

test('the person hears once that it went down, and once that it is back', async () => {
  const { app, answers } = await watched()
  const heard = () => app.mock.notify.sent.map(({ message }) => message)
  await app.schedule('rounds')
  expect(heard()).toEqual([])
  answers(503)
  await app.schedule('rounds')
  await app.schedule('rounds')
  expect(heard()).toEqual(['shop.example is down: It answers 503.'])
  expect(await app.skeleton('sites')).toEqual({ watched: 1, down: 1, names: 'shop.example' })
  answers(200)
  await app.schedule('rounds')
  expect(heard()).toHaveLength(2)
})

test('the panels show what the looks found', async () => {
  const { app, answers, site_id } = await watched()
  answers(500)
  await app.call('check_site', { site_id })
  expect(JSON.stringify(await app.panel('sites'))).toContain('"label":"down"')
  expect(JSON.stringify(await app.panel('site', { site_id }))).toContain('It answers 500')
  await app.call('forget_site', { site_id })
  expect(JSON.stringify(await app.panel('site', { site_id }))).toContain('not watched any more')
})

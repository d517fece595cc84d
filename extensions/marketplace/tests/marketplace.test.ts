import { generateManifest } from '@imperal/sdk'
import { mockContext } from '@imperal/sdk/testing'
import { expect, test } from 'vitest'
import marketplace from '../main.ts'
import { findApps, installApp, listMine, setEnabled, showApp, uninstallApp } from '../src/functions.ts'

const card = {
  ...{ app_id: 'notes', name: 'Notes', short_description: 'Keeps notes.', category: 'productivity', version: '1.0.0' },
  ...{ install_count: 3, rating: 4.5, pricing_model: 'free', is_installed: false, icon_url: '/x' },
}

test('finds apps and says what one may touch', async () => {
  const ctx = mockContext({ extension: marketplace })
  ctx.mock.platform.on('GET', '/v1/marketplace/apps', ({ query }) => ({ body: query.search === 'note' ? [card] : [] }))
  const detail = { ...card, description: 'More.', scopes: ['notes:read'], tools: [] }
  ctx.mock.platform.on('GET', '/v1/marketplace/apps/notes', () => ({ body: detail }))
  expect(await findApps(ctx, { search: 'note' })).toMatchObject({ data: { total: 1 }, summary: 'Notes: Keeps notes.' })
  expect(await findApps(ctx, { search: 'x' })).toMatchObject({ summary: 'No app fits.' })
  expect((await showApp(ctx, { app_id: 'notes' })).summary).toContain('It may touch: notes:read.')
})

test('installs, switches and uninstalls', async () => {
  const ctx = mockContext({ extension: marketplace })
  ctx.mock.platform.on('POST', /^\/v1\/marketplace\/apps\/([^/]+)\/install$/, () => ({ body: {} }))
  ctx.mock.platform.on('DELETE', /./, () => ({ body: {} }))
  ctx.mock.platform.on('POST', '/v1/me/extensions/disable', () => ({ body: {} }))
  ctx.mock.platform.on('GET', '/v1/me/extensions', () => ({
    body: [{ app_id: 'notes', name: 'Notes', is_disabled: false }],
  }))
  await installApp(ctx, { app_id: 'notes' })
  await setEnabled(ctx, { app_id: 'notes', on: false })
  await setEnabled(ctx, { app_id: 'notes', on: true })
  await uninstallApp(ctx, { app_id: 'notes' })
  expect(await listMine(ctx, {})).toMatchObject({ data: { total: 1 } })
  expect(ctx.mock.platform.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'POST /v1/marketplace/apps/notes/install',
    'POST /v1/me/extensions/disable',
    'DELETE /v1/me/extensions/disable/notes',
    'DELETE /v1/marketplace/apps/notes/install',
    'GET /v1/me/extensions',
  ])
})

test('taking an app away is destructive, so it asks first', () => {
  const tools = generateManifest(marketplace).tools as { name: string; action_type?: string }[]
  expect(tools.find(({ name }) => name === 'uninstall_app')?.action_type).toBe('destructive')
})

test('what cannot be uninstalled is said before anybody is asked', async () => {
  const ctx = mockContext({ extension: marketplace })
  ctx.mock.platform.on('GET', '/v1/me/extensions', () => ({
    body: [
      { app_id: 'notes', name: 'Notes', is_disabled: false, system: false },
      { app_id: 'admin', name: 'Admin', is_disabled: false, system: true },
    ],
  }))
  const check = async (app_id: string) => marketplace.exposed.get('check_uninstall_app')?.handler(ctx, { app_id })
  expect(await check('notes')).toEqual({})
  expect(await check('nope')).toMatchObject({ error: 'You have no app “nope”. Installed are: notes.' })
  expect(await check('admin')).toMatchObject({ errorCode: 'SYSTEM_APP' })
})

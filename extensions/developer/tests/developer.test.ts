import { ActionResult, generateManifest } from '@imperal/sdk'
import { mockContext, TestHarness } from '@imperal/sdk/testing'
import { expect, test } from 'vitest'
import developer from '../main.ts'
import { createApp, deleteApp, listApps } from '../src/app-functions.ts'
import { deployIr, getIr, rollbackIr, smokeIr, validateIr } from '../src/document-functions.ts'

const receipt = {
  ...{ app_id: 'my-extension', deployed_at: '2026-06-21T10:00:00Z', steps_registered: 1, ir_version: '1.0.0' },
  ...{ revision: 1, previous_revision: null, unchanged: false, review: 'none', warnings: [] },
}
const ir_dict = { app_id: 'my-extension', version: '1.0.0', steps: [] }
const app = {
  ...{ app_id: 'mine', name: 'Mine', status: 'draft', version: null, install_count: 0 },
  ...{ short_description: '', reject_reason: null, git_url: '' },
}

test('[S001-044] a deploy goes to the platform, and its receipt is the answer', async () => {
  const ctx = mockContext({ extension: developer })
  ctx.mock.platform.on('POST', '/v1/developer/apps/my-extension/ir', () => ({ status: 201, body: receipt }))
  const result = await deployIr(ctx, { app_id: 'my-extension', ir_dict })
  expect(result).toMatchObject({ status: 'success', summary: 'IR deployed', data: { steps_registered: 1 } })
  expect(ctx.mock.platform.requests[0]?.body).toEqual({ ir_dict, dev_mode: false })
})

test('[I3.1] [I13.3] an id that is none is refused before any request, and refusals keep the words of the platform', async () => {
  const ctx = mockContext({ extension: developer })
  expect(await deployIr(ctx, { app_id: 'no id', ir_dict })).toMatchObject({
    error: "Invalid app_id (allowed: letters, digits, '_' and '-'; max 64 chars).",
  })
  expect(ctx.mock.platform.requests).toEqual([])
  ctx.mock.platform.on('POST', /\/ir$/, () => ({
    status: 404,
    body: { error: 'not_found', detail: 'App not found: x' },
  }))
  expect(await deployIr(ctx, { app_id: 'mine', ir_dict })).toMatchObject({ error: 'App not found: x', data: {} })
})

const wrong = {
  ...{ rule: 'IR46', level: 'ERROR', path: 'steps.0.params.collection', fix: 'Begin with a letter.' },
  message: "step 'add': collection '1' is not a valid name",
}

test('[I13.3] a refused document says to people what is wrong, and to programs rule, place and fix of each finding', async () => {
  const ctx = mockContext({ extension: developer })
  const message = `Invalid IR — not deployed. ${wrong.message}`
  const body = { error: 'IR_DOCUMENT_INVALID', detail: { message, issues: [wrong] } }
  ctx.mock.platform.on('POST', /\/ir(?:\/rollback)?$/, () => ({ status: 422, body }))
  const refusals = [await deployIr(ctx, { app_id: 'mine', ir_dict }), await rollbackIr(ctx, { app_id: 'mine' })]
  for (const refusal of refusals)
    expect(ActionResult.toWire(refusal)).toEqual({
      ...{ status: 'error', summary: '', error: message, error_code: 'IR_DOCUMENT_INVALID' },
      data: { issues: [wrong] },
    })
})

test('what a check found is read in the chat line by line, and is all in the data', async () => {
  const found = async (valid: boolean, issues: readonly object[]) => {
    const ctx = mockContext({ extension: developer })
    ctx.mock.platform.on('POST', '/v1/ir/validate', () => ({ body: { valid, issues, manifest: null } as never }))
    const result = await validateIr(ctx, { ir_dict })
    expect(result.data).toEqual({ valid, issues })
    return result.summary
  }
  const thin = {
    rule: 'IR25',
    level: 'WARN',
    message: 'app.title should be longer',
    path: 'app.title',
    fix: 'Say more.',
  }
  expect(await found(true, [])).toBe('The document is valid; there is nothing to mend.')
  expect(await found(true, [thin])).toBe(
    'The document is valid, with 1 warning:\n- Warning IR25: app.title should be longer. Say more.',
  )
  expect(await found(false, [thin, wrong])).toBe(
    [
      'The document is not valid: 1 problem, 1 warning.',
      "- IR46 `steps.0.params.collection`: step 'add': collection '1' is not a valid name. Begin with a letter.",
      '- Warning IR25: app.title should be longer. Say more.',
    ].join('\n'),
  )
  expect(await found(false, Array(13).fill(wrong))).toMatch(
    /^The document is not valid: 13 problems\.\n.*\n- and 3 more$/s,
  )
})

test('what a smoke run did is read in the chat line by line, and is all in the data', async () => {
  const tried = async (answer: object) => {
    const ctx = mockContext({ extension: developer })
    ctx.mock.platform.on('POST', '/v1/ir/smoke', () => ({ body: answer as never }))
    const result = await smokeIr(ctx, { ir_dict, function: 'add_item' })
    expect(result.data).toEqual(answer)
    return result.summary
  }
  const trace = { steps: {}, prev: {}, path: ['get', 'flag'], directives: [], store: { item: 1 } }
  const result = { id: 'doc_1', low: true, rows: [1, 2] }
  expect(await tried({ ok: true, result, summary: 'Added Tea.', trace })).toBe(
    [
      '`add_item` ran without an error: Added Tea.',
      '- Steps: get → flag',
      '- Records in its store: item: 1',
      '- Result: id: doc_1, low: true, rows: a list of 2',
    ].join('\n'),
  )
  expect(
    await tried({ ok: true, result: {}, trace: { ...trace, path: [], store: {}, notes: ["'n' is left out"] } }),
  ).toBe("`add_item` ran without an error.\n- Result: nothing\n- 'n' is left out")
  expect(await tried({ ok: true, result: {}, ui: { type: 'Stack' }, trace: { ...trace, path: [] } })).toMatch(
    /drew a tree/,
  )
  expect(await tried({ ok: false, error: 'There is no such item.', error_code: 'IR_NOT_FOUND' })).toBe(
    '`add_item` failed: There is no such item.\n- Code: IR_NOT_FOUND',
  )
  const invalid = { ok: false, error: 'The document is not valid.', error_code: 'IR_DOCUMENT_INVALID', issues: [wrong] }
  expect(await tried(invalid)).toMatch(/^The document is not valid: 1 problem\.\n- IR46 /)
})

test('validation, smoke runs, reading and rolling back', async () => {
  const ctx = mockContext({ extension: developer })
  ctx.mock.platform.on('POST', '/v1/ir/validate', () => ({ body: { valid: true, issues: [] } }))
  ctx.mock.platform.on('POST', '/v1/ir/smoke', () => ({
    body: { ok: false, error: 'No such function.', error_code: 'X' },
  }))
  ctx.mock.platform.on('GET', '/v1/developer/apps/mine/ir/document', ({ query }) => ({
    body: { app_id: 'mine', revision: Number(query.revision ?? 3), version: '1.0.0', ir_dict },
  }))
  ctx.mock.platform.on('POST', '/v1/developer/apps/mine/ir/rollback', () => ({ body: { ...receipt, revision: 4 } }))
  expect(await validateIr(ctx, { ir_dict })).toMatchObject({ data: { valid: true } })
  expect(await smokeIr(ctx, { ir_dict, function: 'x' })).toMatchObject({
    status: 'success',
    summary: '`x` failed: No such function.\n- Code: X',
  })
  expect(await getIr(ctx, { app_id: 'mine' })).toMatchObject({ data: { revision: 3, ir_dict } })
  expect(await getIr(ctx, { app_id: 'mine', revision: 2 })).toMatchObject({ data: { revision: 2 } })
  expect(await rollbackIr(ctx, { app_id: 'mine' })).toMatchObject({ summary: 'Rolled back; revision 4 is live.' })
})

test('apps are created, listed and deleted by their owner', async () => {
  const ctx = mockContext({ extension: developer })
  ctx.mock.platform.on('GET', '/v1/developer/apps', () => ({ body: [app] }))
  ctx.mock.platform.on('POST', '/v1/developer/apps', () => ({
    status: 409,
    body: { detail: 'app_id already in use: mine' },
  }))
  ctx.mock.platform.on('DELETE', '/v1/developer/apps/mine', () => ({ body: { installs_purged: 1 } }))
  expect(await listApps(ctx, {})).toMatchObject({ data: { total: 1, apps: [{ app_id: 'mine' }] } })
  expect(await createApp(ctx, { app_id: 'mine', name: 'Mine' })).toMatchObject({ error: 'app_id already in use: mine' })
  expect(await deleteApp(ctx, { app_id: 'mine' })).toMatchObject({ data: { installs_purged: 1 } })
})

const stored = (revision: number, active: boolean) => ({
  ...{ revision, active, version: '1.0.0', format_version: '1.0', sha256: 'x', steps: 1, functions: ['a'] },
  ...{ content_of: null, created_by: 'imp_u_ada0001', created_at: '2026-06-21T10:00:00Z', warnings: [] },
})

test('the document of an app is edited in the portal unless its live version came from code', async () => {
  const portal = new TestHarness(developer)
  const live = { version: null as string | null, revision: null as number | null }
  portal.mock.platform.on('GET', '/v1/developer/apps/mine', () => ({ body: { ...app, version: live.version } }))
  portal.mock.platform.on('GET', '/v1/developer/apps/mine/ir', () => ({
    body: {
      app_id: 'mine',
      active_revision: live.revision,
      revisions: live.version === null ? [] : [stored(4, live.revision === 4), stored(3, false)],
    },
  }))
  const draw = async () => JSON.stringify(await portal.panel('app', { app_id: 'mine' }))
  expect(await draw()).toContain('Edit document')
  Object.assign(live, { version: '1.2.0', revision: 4 })
  expect(await draw()).toContain('Edit document')
  expect(await draw()).toContain('Roll back to this')
  Object.assign(live, { revision: null })
  const drawn = await draw()
  expect(drawn).not.toContain('Edit document')
  expect(drawn).not.toContain('Roll back to this')
  expect(drawn).toContain('1.2.0, from code')
})

test('what a function says that it does is what it does', () => {
  const tools = generateManifest(developer).tools as { name: string; action_type?: string }[]
  const types = Object.fromEntries(tools.map(({ name, action_type }) => [name, action_type]))
  expect(types).toMatchObject({ deploy_ir: 'write', smoke_ir: 'read', validate_ir: 'read', delete_app: 'destructive' })
})

test('[K3.4a] whoever is no developer may register, and nothing else', () => {
  const { access_policy } = developer.configDefaults as { access_policy?: { functions: object } }
  const restricted = Object.keys(access_policy?.functions ?? {})
  const functions = [...developer.functions.keys()]
  expect(functions.filter((name) => !restricted.includes(name))).toEqual(['register_developer'])
  expect(restricted.filter((name) => !functions.includes(name))).toEqual([])
})

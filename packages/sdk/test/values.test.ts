import { expect, test } from 'vitest'
import { cutToBytes, fromBase64Url, toBase64Url } from '../src/encoding.ts'
import { ActionResult, HealthStatus, ValidationError, WebhookResponse } from '../src/index.ts'
import { documentFromWire } from '../src/values/document.ts'
import { eventFromWire } from '../src/values/event.ts'
import { toHealthStatus } from '../src/values/health.ts'
import { toJson } from '../src/values/json.ts'
import { createPage, type Page } from '../src/values/page.ts'
import { LimitsResult, SubscriptionInfo } from '../src/values/results.ts'
import { toWebhookResponse, webhookRequestFromWire, webhookResponseToWire } from '../src/values/webhook.ts'

test('[S000-017] [S000-163] [D4] success takes data, a summary and options, all optional', () => {
  expect(ActionResult.success()).toEqual({ status: 'success', data: {}, summary: '' })
  expect(ActionResult.success({ sent: true }, 'Email sent')).toEqual({
    status: 'success',
    data: { sent: true },
    summary: 'Email sent',
  })
  expect(ActionResult.success({ a: 1 }, 'x', { refreshPanels: ['beds'] })).toMatchObject({ refreshPanels: ['beds'] })
  expect(ActionResult.success({ a: 1 }, { summary: 's', ui: { type: 'Text', props: {} } })).toMatchObject({
    summary: 's',
    ui: { type: 'Text' },
  })
})

test('[S000-166] error carries retryable and a code, and must say something', () => {
  expect(ActionResult.error('No answer.', { retryable: true, code: 'BACKEND_TIMEOUT' })).toEqual({
    status: 'error',
    data: {},
    summary: '',
    error: 'No answer.',
    errorCode: 'BACKEND_TIMEOUT',
    retryable: true,
  })
  expect(ActionResult.error('No.', { retryable: false }).retryable).toBe(false)
  expect(() => ActionResult.error('  ')).toThrow(ValidationError)
})

test('[4.1] wire forms are those of the specification', () => {
  const added = ActionResult.success({ plant_id: 'p1' }, 'Plant added', { refreshPanels: ['beds'] })
  expect(ActionResult.toWire(added)).toEqual({
    status: 'success',
    summary: 'Plant added',
    data: { plant_id: 'p1' },
    refresh_panels: ['beds'],
  })
  const failed = ActionResult.error('The sensor service did not answer.', { retryable: true, code: 'BACKEND_TIMEOUT' })
  expect(ActionResult.toWire(failed)).toEqual({
    status: 'error',
    summary: '',
    data: {},
    error: 'The sensor service did not answer.',
    error_code: 'BACKEND_TIMEOUT',
    retryable: true,
  })
  expect(ActionResult.toWire(ActionResult.error('No.'))).not.toHaveProperty('retryable')
})

test('[4.1] reading partial wire objects: a missing status counts as an error', () => {
  for (const result of [ActionResult.success({ a: 1 }, 's', { refreshPanels: [] }), ActionResult.error('No.')]) {
    expect(ActionResult.fromWire(ActionResult.toWire(result))).toEqual(result)
  }
  expect(ActionResult.fromWire({}).status).toBe('error')
  expect(ActionResult.fromWire({ status: 'success' })).toEqual(ActionResult.success())
})

test('ActionResult.is tells results from objects that look a little like them', () => {
  expect(ActionResult.is(ActionResult.success())).toBe(true)
  expect(ActionResult.is(ActionResult.error('No.'))).toBe(true)
  for (const value of [
    { status: 'success' },
    { status: 'ok', summary: '' },
    { status: 'success', summary: '', error: 'x' },
    null,
  ]) {
    expect(ActionResult.is(value)).toBe(false)
  }
})

test('[4.1] a document inside a result becomes its wire form, dates and bytes become text', () => {
  const document = documentFromWire({ id: 'd1', collection: 'deals', data: { title: 'x' }, created_at: '2026' })
  const wire = ActionResult.toWire(
    ActionResult.success({ document, at: new Date(0), raw: new Uint8Array([255, 254]), gone: undefined }),
  )
  expect(wire.data).toEqual({
    document: {
      id: 'd1',
      collection: 'deals',
      data: { title: 'x' },
      extension_id: '',
      tenant_id: 'default',
      created_at: '2026',
      updated_at: '',
      user_id: '',
      etag: '',
    },
    at: '1970-01-01T00:00:00.000Z',
    raw: '__4',
  })
})

test('what JSON cannot hold is named with its path', () => {
  expect(() => toJson({ a: [{ f: () => 1 }] }, 'data')).toThrow('data.a[0].f is a function')
  expect(() => toJson({ n: Number.NaN }, 'data')).toThrow('data.n is NaN')
  const loop: Record<string, unknown> = {}
  loop.self = loop
  expect(() => toJson(loop, 'data')).toThrow('data.self contains itself')
  const shared = { x: 1 }
  expect(toJson({ a: shared, b: shared })).toEqual({ a: { x: 1 }, b: { x: 1 } })
})

test('[4.2] a page iterates its items, and all following pages asynchronously', async () => {
  const pages: Record<string, number[]> = { '': [1, 2], a: [3], b: [4, 5] }
  const after: Record<string, string | null> = { '': 'a', a: 'b', b: null }
  const load = (cursor: string): Page<number> =>
    createPage(
      { data: pages[cursor] ?? [], cursor: after[cursor] ?? null, hasMore: after[cursor] !== null, total: 5 },
      async (next) => load(next),
    )
  const first = load('')
  expect([...first]).toEqual([1, 2])
  expect(first.length).toBe(2)
  expect(first.map((n, index) => n * 10 + index)).toEqual([10, 21])
  const all: number[] = []
  for await (const item of first) all.push(item)
  expect(all).toEqual([1, 2, 3, 4, 5])
  expect(await load('b').next()).toBeNull()
})

test('[4.5] events come from envelope v1 and v2', () => {
  const v1 = { event_type: 'mail.received', data: { id: 1 }, user_id: 'u', source: 'webhook', schema_version: 2 }
  expect(eventFromWire(v1)).toMatchObject({ eventType: 'mail.received', source: 'webhook', schemaVersion: 2 })
  expect(eventFromWire({ scope: 'mail', action: 'received', data: {} }).eventType).toBe('mail.received')
})

test('[S000-082] [D2] health comes as a status or as a boolean', () => {
  expect(toHealthStatus(HealthStatus.ok({ queue: 3 }))).toEqual({ status: 'ok', message: '', details: { queue: 3 } })
  expect(toHealthStatus({ healthy: true })).toMatchObject({ status: 'ok' })
  expect(toHealthStatus({ healthy: false, message: 'down' })).toMatchObject({ status: 'unhealthy', message: 'down' })
  expect(toHealthStatus(HealthStatus.degraded('slow')).status).toBe('degraded')
  expect(toHealthStatus(undefined).status).toBe('unhealthy')
})

test('[S000-046] [S000-047] a webhook request reads its body and finds headers in any case', () => {
  const request = webhookRequestFromWire({
    method: 'PUT',
    headers: { 'X-Webhook-Secret': 's' },
    body_base64: toBase64Url(new TextEncoder().encode('{"a":"ü"}')),
    query_params: { page: '1' },
  })
  expect(request.header('x-webhook-SECRET')).toBe('s')
  expect(request.headers['X-WEBHOOK-secret']).toBe('s')
  expect(request.json()).toEqual({ a: 'ü' })
  expect(request).toMatchObject({ method: 'PUT', body: '{"a":"ü"}', queryParams: { page: '1' } })
})

test.each([
  ['a response', WebhookResponse.ok(), 200, 'OK', 'text/plain; charset=utf-8'],
  ['an error', WebhookResponse.error('unsigned', 401), 401, '{"error":"unsigned"}', 'application/json'],
  ['an object', { received: true }, 200, '{"received":true}', 'application/json'],
  ['control keys', { status_code: 202, headers: { 'X-A': 'b' }, queued: 1 }, 202, '{"queued":1}', 'application/json'],
  ['a body key', { status_code: 201, body: 'made' }, 201, 'made', 'text/plain; charset=utf-8'],
  ['a text', 'hello', 200, 'hello', 'text/plain; charset=utf-8'],
  ['nothing', undefined, 200, '', undefined],
])('[2.10.6] a webhook may answer with %s', (_what, value, status, body, type) => {
  const wire = webhookResponseToWire(toWebhookResponse(value)) as {
    body_base64: string
    headers: Record<string, string>
  }
  expect(wire).toMatchObject({ status_code: status })
  expect(new TextDecoder().decode(fromBase64Url(wire.body_base64))).toBe(body)
  expect(wire.headers['content-type']).toBe(type)
})

test('a redirect carries its location and no body', () => {
  expect(webhookResponseToWire(WebhookResponse.redirect('https://x.example/'))).toEqual({
    status_code: 302,
    headers: { location: 'https://x.example/' },
    body_base64: '',
  })
})

test('[4.8] [D27] billing results read the union of both shapes', () => {
  expect(LimitsResult.fromWire({ plan: 'pro', usage: { a: 2 }, limits: { a: 1 }, exceeded: ['a'] })).toMatchObject({
    allowed: false,
    exceeded: ['a'],
  })
  expect(SubscriptionInfo.fromWire({ plan: 'pro', started_at: '2026-01-01', expires_at: '2026-02-01' })).toMatchObject({
    planId: 'pro',
    period: 'monthly',
    currentPeriodEnd: '2026-02-01',
  })
})

test('base64url survives every byte, and text is cut between characters', () => {
  const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256)
  expect(fromBase64Url(toBase64Url(bytes))).toEqual(bytes)
  expect(cutToBytes('aüb', 2)).toBe('a')
  expect(cutToBytes('aüb', 3)).toBe('aü')
  expect(cutToBytes('a😀', 4)).toBe('a')
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OtlpCollector, startOtlpCollector } from '../support/otlp-collector.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { type Session, send, signInAdmin, until } from '../support/session.ts'

const TOKEN = 'scraper-token-0123456789'
const CANARY = 'a title that nobody else should read'

let collector: OtlpCollector
let server: TestServer
let admin: Session
let traceId: string
beforeAll(async () => {
  collector = await startOtlpCollector()
  server = await startTestServer({
    env: {
      IMPERAL_METRICS_TOKEN: TOKEN,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      IMPERAL_OTLP_HEADERS: 'x-collector-key=abc=1,x-other=2',
    },
  })
  admin = await signInAdmin(server)
  traceId = (await admin.call('notes', 'create_note', { title: CANARY })).trace_id ?? ''
}, 240_000)
afterAll(async () => {
  await server?.stop()
  await collector?.close()
})

const metrics = async (authorization?: string) =>
  send(`${server.url}/metrics`, 'GET', undefined, authorization === undefined ? {} : { authorization })

test('[E21] /metrics is read with its token or by an administrator, and by nobody else', async () => {
  expect((await metrics()).status).toBe(401)
  expect((await metrics('Bearer another-token-0123456789')).status).toBe(401)
  expect((await metrics(`Bearer ${admin.token}`)).status).toBe(200)
  const answer = await metrics(`Bearer ${TOKEN}`)
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  const text = String(answer.body)
  expect(text).toMatch(/imperal_call_duration_count\{[^}]*app_id="notes"[^}]*status="success"[^}]*\} 1/)
  expect(text).toMatch(/http_server_request_duration_bucket\{[^}]*http_route="\/v1\/extensions\/:app_id\/call"/)
  const gauges = ['hosts', 'memory', 'streams', 'open_calls', 'threats', 'event_lag', 'skeleton_lag']
  for (const name of gauges) expect(text).toContain(`# TYPE imperal_${name} gauge`)
  expect(text).toMatch(/imperal_threats\{[^}]*kind="replayed_call_token"[^}]*\} 0\b/)
  expect(text).toMatch(/imperal_(?:event|skeleton)_lag(?:\{[^}]*\})? \d/)
  expect(text).not.toContain(CANARY)
})

test('a call is one trace from the request to the extension, under the trace of whoever asked', async () => {
  const parent = '0af7651916cd43dd8448eb211c80319c'
  const answer = await admin.request(
    'POST',
    '/v1/extensions/notes/call',
    { user_id: admin.userId, function: 'list_folders', params: {} },
    { traceparent: `00-${parent}-b7ad6b7169203331-01` },
  )
  expect(answer.status).toBe(200)
  const spans = await until(async () => {
    const mine = collector.spans.filter((span) => span.traceId === parent)
    const names = mine.map(({ name }) => name)
    return ['POST /v1/extensions/{app_id}/call', 'call', 'host'].every((name) => names.includes(name)) && mine
  }, 180_000)
  const named = (name: string) => spans.find((span) => span.name === name)
  const request = named('POST /v1/extensions/{app_id}/call')
  expect(request?.parentSpanId).toBe('b7ad6b7169203331')
  expect(named('call')).toMatchObject({
    parentSpanId: request?.spanId,
    attributes: { 'imperal.app_id': 'notes', 'imperal.function': 'list_folders', 'imperal.status': 'success' },
  })
  expect(named('host')?.parentSpanId).toBe(named('call')?.spanId)
})

test('spans name the trace of the ledger, and hold no arguments; the collector gets its headers', async () => {
  const span = await until(
    async () => collector.spans.find(({ attributes }) => attributes['imperal.trace_id'] === traceId),
    180_000,
  )
  expect(span.attributes).toMatchObject({ 'imperal.function': 'create_note', 'imperal.source': 'panel' })
  await until(async () => collector.metrics.has('imperal.call.duration'), 60_000)
  expect(collector.text()).not.toContain(CANARY)
  expect(collector.headers.at(-1)).toMatchObject({ 'x-collector-key': 'abc=1', 'x-other': '2' })
})

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

export interface CollectedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly name: string
  readonly attributes: Readonly<Record<string, unknown>>
}

/** A local collector of OpenTelemetry that takes OTLP over HTTP as JSON. */
export interface OtlpCollector {
  readonly url: string
  readonly spans: readonly CollectedSpan[]
  /** Names of metrics that arrived. */
  readonly metrics: ReadonlySet<string>
  /** Everything as it came over the wire. */
  text(): string
  readonly headers: readonly Readonly<Record<string, unknown>>[]
  close(): Promise<void>
}

type Value = { stringValue?: string; intValue?: number; doubleValue?: number; boolValue?: boolean }
interface WireSpan {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  attributes: { key: string; value: Value }[]
}
interface Body {
  resourceSpans?: { scopeSpans: { spans: WireSpan[] }[] }[]
  resourceMetrics?: { scopeMetrics: { metrics: { name: string }[] }[] }[]
}

const contentOf = ({ stringValue, intValue, doubleValue, boolValue }: Value) =>
  stringValue ?? intValue ?? doubleValue ?? boolValue

export async function startOtlpCollector(): Promise<OtlpCollector> {
  const spans: CollectedSpan[] = []
  const metrics = new Set<string>()
  const headers: Record<string, unknown>[] = []
  let text = ''
  const server = createServer(async (request, response) => {
    const body = (await json(request).catch(() => null)) as Body | null
    if (body === null) return // the platform ended while it told
    text += JSON.stringify(body)
    headers.push(request.headers)
    for (const { spans: some } of body.resourceSpans?.flatMap(({ scopeSpans }) => scopeSpans) ?? [])
      spans.push(
        ...some.map(({ traceId, spanId, parentSpanId, name, attributes }) => ({
          ...{ traceId, spanId, parentSpanId, name },
          attributes: Object.fromEntries(attributes.map(({ key, value }) => [key, contentOf(value)])),
        })),
      )
    for (const { metrics: some } of body.resourceMetrics?.flatMap(({ scopeMetrics }) => scopeMetrics) ?? [])
      for (const { name } of some) metrics.add(name)
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    metrics,
    headers,
    text: () => text,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

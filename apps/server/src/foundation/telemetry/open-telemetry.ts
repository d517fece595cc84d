import type { Context, Span } from '@opentelemetry/api'
import type { MetricReader } from '@opentelemetry/sdk-metrics'
import type { Log } from '../log.ts'
import { type Attributes, DURATIONS, type DurationName, GAUGES, noTelemetry, type Telemetry } from './telemetry.ts'

export interface TelemetryOptions {
  /** Base address of an OTLP collector over HTTP, such as http://127.0.0.1:4318; null: nothing is sent. */
  readonly collector: string | null
  readonly headers: Readonly<Record<string, string>>
  /** Share of traces that are sent, 0 to 1. */
  readonly traceRatio: number
  /** Whether `exposition` is wanted. */
  readonly metrics: boolean
  readonly version: string
  /** Tells the processes of an installation apart. */
  readonly node: string
  readonly log: Log
}

const EVERY_MS = 15_000
const PATIENCE_MS = 5_000
/** From a cached answer to the longest task. */
const BOUNDARIES = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120, 600]
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/

/** The libraries are loaded only where they are wanted: they take a tenth of a second and some megabytes. */
async function load() {
  const [api, hooks, resources, traces, metrics, traceExporter, metricExporter, prometheus] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/context-async-hooks'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/sdk-trace-base'),
    import('@opentelemetry/sdk-metrics'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/exporter-metrics-otlp-http'),
    import('@opentelemetry/exporter-prometheus'),
  ])
  return { api, hooks, resources, traces, metrics, traceExporter, metricExporter, prometheus }
}
type Libraries = Awaited<ReturnType<typeof load>>

function openTraces({ api, hooks, resources, traces, traceExporter }: Libraries, options: TelemetryOptions) {
  if (options.collector === null) return null
  // A manager of our own, not the global one: several installations may live in one test process.
  const contexts = new hooks.AsyncLocalStorageContextManager().enable()
  const provider = new traces.BasicTracerProvider({
    resource: resources.resourceFromAttributes(resourceOf(options)),
    sampler: new traces.ParentBasedSampler({ root: new traces.TraceIdRatioBasedSampler(options.traceRatio) }),
    spanProcessors: [
      new traces.BatchSpanProcessor(
        new traceExporter.OTLPTraceExporter({ url: `${options.collector}/v1/traces`, headers: { ...options.headers } }),
      ),
    ],
  })
  const tracer = provider.getTracer('imperal', options.version)
  const parentOf = (header: string | undefined): Context => {
    const active = contexts.active()
    const [, traceId, spanId, flags] = TRACEPARENT.exec(header ?? '') ?? []
    if (traceId === undefined || spanId === undefined || flags === undefined) return active
    const remote = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true }
    return api.trace.setSpanContext(active, remote)
  }
  const ended = (span: Span, error?: unknown) => {
    if (error !== undefined) {
      // The code of an error, never its text: texts name people's things.
      const { code, name } = error as { code?: unknown; name?: unknown }
      span.setAttribute('error.type', String(code ?? name ?? 'error'))
      span.setStatus({ code: api.SpanStatusCode.ERROR })
    }
    span.end()
  }
  const run: Telemetry['span'] = async (name, { attributes = {}, parent }, work) => {
    const above = parentOf(parent)
    const span = tracer.startSpan(name, { attributes }, above)
    try {
      const result = await contexts.with(api.trace.setSpan(above, span), () =>
        work({ set: (later) => void span.setAttributes(later) }),
      )
      ended(span)
      return result
    } catch (error) {
      ended(span, error)
      throw error
    }
  }
  return {
    run,
    traceparent() {
      const context = api.trace.getSpanContext(contexts.active())
      if (context === undefined) return null
      return `00-${context.traceId}-${context.spanId}-${context.traceFlags.toString(16).padStart(2, '0')}`
    },
    close: () => provider.shutdown(),
  }
}

const resourceOf = ({ version, node }: TelemetryOptions): Attributes => ({
  'service.name': 'imperal',
  'service.version': version,
  'service.instance.id': node,
})

function openMetrics({ resources, metrics, metricExporter, prometheus }: Libraries, options: TelemetryOptions) {
  const reader = options.metrics ? new prometheus.PrometheusExporter({ preventServerStart: true }) : null
  const readers: MetricReader[] = reader === null ? [] : [reader]
  if (options.collector !== null)
    readers.push(
      new metrics.PeriodicExportingMetricReader({
        exportIntervalMillis: EVERY_MS,
        exporter: new metricExporter.OTLPMetricExporter({
          url: `${options.collector}/v1/metrics`,
          headers: { ...options.headers },
        }),
      }),
    )
  const provider = new metrics.MeterProvider({
    resource: resources.resourceFromAttributes(resourceOf(options)),
    readers,
  })
  const meter = provider.getMeter('imperal', options.version)
  const histogram = (name: DurationName) =>
    meter.createHistogram(name, {
      description: DURATIONS[name],
      unit: 's',
      advice: { explicitBucketBoundaries: BOUNDARIES },
    })
  const histograms = new Map((Object.keys(DURATIONS) as DurationName[]).map((name) => [name, histogram(name)]))
  const observe: Telemetry['observe'] = (name, seconds, attributes) => histograms.get(name)?.record(seconds, attributes)
  const gauge: Telemetry['gauge'] = (name, read) => {
    meter.createObservableGauge(name, { description: GAUGES[name] }).addCallback(async (result) => {
      for (const { value, attributes } of await read()) result.observe(value, attributes ?? {})
    })
  }
  const serializer = new prometheus.PrometheusSerializer()
  return {
    observe,
    gauge,
    async exposition() {
      if (reader === null) return null
      const { resourceMetrics, errors } = await reader.collect()
      for (const error of errors) options.log.warn({ err: error }, 'a figure could not be read')
      return serializer.serialize(resourceMetrics)
    },
    close: () => provider.shutdown(),
  }
}

/** Opens what the options ask for; with neither a collector nor metrics nothing is loaded. */
export async function openTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  if (options.collector === null && !options.metrics) return noTelemetry()
  const libraries = await load()
  const traces = openTraces(libraries, options)
  const { observe, gauge, exposition, close } = openMetrics(libraries, options)
  const nothing = noTelemetry()
  return {
    span: traces?.run ?? nothing.span,
    traceparent: traces?.traceparent ?? nothing.traceparent,
    observe,
    gauge,
    exposition,
    async close() {
      const closed = Promise.all([traces?.close(), close()]).catch((error: unknown) =>
        options.log.warn({ err: error }, 'the last figures and traces were not sent'),
      )
      const patience = Promise.withResolvers<void>()
      const late = setTimeout(patience.resolve, PATIENCE_MS)
      await Promise.race([closed, patience.promise])
      clearTimeout(late)
    },
  }
}

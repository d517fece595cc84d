export type Attributes = Readonly<Record<string, string | number | boolean>>

/** A piece of work as it is seen from outside. */
export interface OpenSpan {
  /** What is known only later. */
  set(attributes: Attributes): void
}

/** One figure of a gauge. */
export interface Reading {
  readonly value: number
  readonly attributes?: Attributes
}

/** Durations that are measured, with their meaning; all in seconds. */
export const DURATIONS = {
  'http.server.request.duration': 'How long HTTP requests took.',
  'imperal.call.duration': 'How long passes through the corridor took, gates and record included.',
  'imperal.job.duration': 'How long jobs of the queues took.',
  'imperal.event.delay': 'How long events were on their way to the first attempt of a handler.',
  'imperal.skeleton.delay': 'How late the refresh of a skeleton section began.',
} as const
export type DurationName = keyof typeof DURATIONS

/** Figures that are read when somebody asks for them, with their meaning. */
export const GAUGES = {
  'imperal.hosts': 'Extension processes of this node, by state.',
  'imperal.streams': 'Event streams that are open on this node.',
  'imperal.tasks': 'Tasks of the installation that wait or run.',
  'imperal.deliveries': 'Deliveries of events that wait, are tried again or run.',
  'imperal.event_lag': 'Seconds that the event or delivery which has waited longest is overdue.',
  'imperal.skeleton_lag': 'Seconds that the skeleton section which has waited longest is overdue.',
  'imperal.dead_events': 'Events of the last seven days that were given up.',
  'imperal.open_calls': 'Calls that have had an effect and are not in the ledger yet.',
  'imperal.threats':
    'Attempts to reach beyond a call, into another tenant among them, and call tokens that were used twice, since this node started; all should be zero.',
  'imperal.chat_truth':
    'Answers of models that were not shown as they came, and steps that nobody had asked for, since this node started.',
  'imperal.memory': 'Bytes that the server process takes.',
  'imperal.event_loop_delay': 'Seconds that the event loop was late, 99th percentile since the last look.',
} as const
export type GaugeName = keyof typeof GAUGES

/** Where the platform says what it does. Names and attributes never hold texts of users, arguments or secrets. */
export interface Telemetry {
  /**
   * Runs work as a span below the one that is open; what it throws marks the span. `parent` is a `traceparent` header of a
   * caller elsewhere. Without tracing the work just runs.
   */
  span<T>(
    name: string,
    options: { readonly attributes?: Attributes; readonly parent?: string | undefined },
    work: (span: OpenSpan) => Promise<T>,
  ): Promise<T>
  /** For a request to another process: the header that makes its spans children of the one that is open; null without one. */
  traceparent(): string | null
  observe(name: DurationName, seconds: number, attributes: Attributes): void
  /** Figures that `read` gives whenever somebody looks. */
  gauge(name: GaugeName, read: () => readonly Reading[] | Promise<readonly Reading[]>): void
  /** Everything that is measured, in the text format of Prometheus; null when nothing is. */
  exposition(): Promise<string | null>
  /** Sends what is left, waiting five seconds at the most. */
  close(): Promise<void>
}

const NOTHING: OpenSpan = { set: () => {} }

/** Measures nothing and costs nothing. */
export const noTelemetry = (): Telemetry => ({
  span: (_name, _options, work) => work(NOTHING),
  traceparent: () => null,
  observe: () => {},
  gauge: () => {},
  exposition: async () => null,
  close: async () => {},
})

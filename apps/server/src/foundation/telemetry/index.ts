export { openTelemetry, type TelemetryOptions } from './open-telemetry.ts'
export {
  type Attributes,
  DURATIONS,
  type DurationName,
  GAUGES,
  type GaugeName,
  noTelemetry,
  type OpenSpan,
  type Reading,
  type Telemetry,
} from './telemetry.ts'

import { flag, members, moment, number, text, whole } from '../fields.ts'

// Figures over time.

export const Aggregated = {
  count: whole('metric.count'),
  sum: number('metric.sum'),
  average: number('metric.average'),
  minimum: number('metric.minimum'),
  maximum: number('metric.maximum'),
}
export const TimeSeriesPoint = {
  at: moment('metric.at'),
  value: number('metric.value'),
}
export const Trended = {
  trend: text('metric.trend'),
  change: number('metric.change'),
  change_percent: number('metric.change_percent'),
  previous: number('metric.previous'),
}
export const Confident = {
  confidence: number('metric.confidence'),
  lower: number('metric.lower'),
  upper: number('metric.upper'),
  sample_size: whole('metric.sample_size'),
  method: text('metric.method'),
  deviation: number('metric.deviation'),
}
export const Threshold = {
  warning_at: number('metric.warning_at'),
  critical_at: number('metric.critical_at'),
  is_exceeded: flag('metric.is_exceeded'),
}
export const Dimensioned = {
  dimensions: members('metric.dimensions'),
}

import type { JsonObject } from '@imperal/contract'

export interface ChartSeries {
  readonly key: string
  readonly label: string
  readonly color: string
  /** Drawn against the axis on the right. */
  readonly right: boolean
}

export interface ChartModel {
  readonly labels: readonly string[]
  readonly series: readonly ChartSeries[]
  /** One list per series; null where a point has no number. */
  readonly values: readonly (readonly (number | null)[])[]
}

const SERIES_COLOURS = 8

/** What a chart draws: numbers by series, with a label for every point. */
export function chartModel(
  data: readonly Readonly<JsonObject>[],
  xKey: string,
  given: readonly { readonly key: string; readonly label: string; readonly color: string }[],
  rightKeys: readonly string[],
): ChartModel {
  const keys =
    given.length > 0
      ? given
      : Object.keys(data[0] ?? {})
          .filter((key) => key !== xKey)
          .map((key) => ({ key, label: '', color: '' }))
  const series = keys.slice(0, 12).map(({ key, label, color }, index) => ({
    key,
    label: label || key,
    color: color || `var(--chart-series-${(index % SERIES_COLOURS) + 1})`,
    right: rightKeys.includes(key),
  }))
  return {
    labels: data.map((row) => String(row[xKey] ?? '')),
    series,
    values: series.map(({ key }) => data.map((row) => numberOf(row[key]))),
  }
}

function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : null
}

export interface Scale {
  readonly min: number
  readonly max: number
  readonly ticks: readonly number[]
}

/** Round ends and three or four lines for the given numbers; zero is always inside. */
export function scaleFor(values: readonly (number | null)[]): Scale {
  const numbers = values.filter((value) => value !== null)
  const low = Math.min(0, ...numbers)
  const high = Math.max(0, ...numbers)
  const span = high - low || 1
  const rough = span / 3
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? power * 10
  const min = Math.floor(low / step) * step
  const max = Math.max(min + step, Math.ceil(high / step) * step)
  const count = Math.round((max - min) / step)
  return { min, max, ticks: Array.from({ length: count + 1 }, (_, index) => min + index * step) }
}

/** The number as people read it on an axis. */
export function tickText(value: number): string {
  return new Intl.NumberFormat(undefined, {
    notation: Math.abs(value) >= 10_000 ? 'compact' : 'standard',
    maximumFractionDigits: 2,
  }).format(value)
}

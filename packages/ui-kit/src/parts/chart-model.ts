import type { JsonObject } from '@imperal/contract'
import { localeOfHost } from '../words.ts'

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

/** The key under which a series stands in the rows of a chart; keys of authors could be anything. */
export const valueKey = (series: number): string => `v${series}`

/** One object per point, as the chart library wants it. */
export function chartRows(model: ChartModel): Record<string, string | number | null>[] {
  return model.labels.map((label, row) => ({
    label,
    ...Object.fromEntries(model.values.map((values, series) => [valueKey(series), values[row] ?? null])),
  }))
}

/** The number as people read it on an axis. */
export function tickText(value: number): string {
  return new Intl.NumberFormat(localeOfHost(), {
    notation: Math.abs(value) >= 10_000 ? 'compact' : 'standard',
    maximumFractionDigits: 2,
  }).format(value)
}

import { useLayoutEffect, useRef, useState } from 'react'
import { type ChartModel, type Scale, scaleFor, tickText } from './chart-model.ts'

export interface ChartProps {
  readonly kind: 'line' | 'bar' | 'pie'
  readonly model: ChartModel
  readonly height: number
  readonly title?: string
  readonly description?: string
  readonly xLabel?: string
  readonly legend?: boolean
  readonly table?: boolean
}

/** Numbers as lines, bars or parts, with the same numbers as a table for those who do not see it. */
export function Chart({
  kind,
  model,
  height,
  title = '',
  description = '',
  xLabel = '',
  legend = false,
  table = false,
}: ChartProps) {
  const name = `${title || 'Chart'}. ${model.labels.length} data points.`
  return (
    <figure className="im-chart">
      {title ? <figcaption className="im-chart-title">{title}</figcaption> : null}
      {description ? <p className="im-help">{description}</p> : null}
      {kind === 'pie' ? (
        <Pie model={model} height={height} name={name} />
      ) : (
        <Axes kind={kind} model={model} height={height} name={name} />
      )}
      {legend || kind === 'pie' ? <Legend model={model} pie={kind === 'pie'} /> : null}
      <DataTable model={model} xLabel={xLabel} caption={name} visible={table} />
    </figure>
  )
}

const PAD = { top: 10, bottom: 24, side: 44 }

function Axes({
  kind,
  model,
  height,
  name,
}: {
  readonly kind: 'line' | 'bar'
  readonly model: ChartModel
  readonly height: number
  readonly name: string
}) {
  const box = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(480)
  useLayoutEffect(() => {
    const element = box.current
    if (element === null || typeof ResizeObserver === 'undefined') return
    const observer = new ResizeObserver(() => setWidth(Math.max(160, element.clientWidth)))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  const left = scaleFor(model.values.filter((_, index) => !model.series[index]?.right).flat())
  const hasRight = model.series.some((series) => series.right)
  const right = hasRight ? scaleFor(model.values.filter((_, index) => model.series[index]?.right).flat()) : left
  const area = { width: width - PAD.side - (hasRight ? PAD.side : 8), height: height - PAD.top - PAD.bottom }
  const every = Math.max(1, Math.ceil(model.labels.length / Math.max(2, Math.floor(area.width / 64))))
  const slot = area.width / Math.max(1, model.labels.length)
  return (
    <div ref={box} className="im-chart-box" style={{ height }}>
      <svg role="img" aria-label={name} width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
        <g transform={`translate(${PAD.side} ${PAD.top})`}>
          {left.ticks.map((tick) => (
            <g key={tick} transform={`translate(0 ${yOf(tick, left, area.height)})`}>
              <line x2={area.width} className="im-chart-line" />
              <text x={-8} dy="0.32em" textAnchor="end">
                {tickText(tick)}
              </text>
            </g>
          ))}
          {hasRight
            ? right.ticks.map((tick) => (
                <text key={tick} x={area.width + 8} y={yOf(tick, right, area.height)} dy="0.32em">
                  {tickText(tick)}
                </text>
              ))
            : null}
          {model.labels.map((label, index) =>
            index % every === 0 ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: points have no identity but their place
              <text key={index} x={slot * (index + 0.5)} y={area.height + 16} textAnchor="middle">
                {short(label)}
              </text>
            ) : null,
          )}
          {model.series.map((series, index) => {
            const values = model.values[index] ?? []
            const scale = series.right ? right : left
            const shape = { values, scale, slot, height: area.height, color: series.color }
            return kind === 'bar' ? (
              <Bars
                key={series.key}
                {...shape}
                lane={index}
                lanes={model.series.length}
                label={series.label}
                labels={model.labels}
              />
            ) : (
              <Line key={series.key} {...shape} label={series.label} labels={model.labels} />
            )
          })}
        </g>
      </svg>
    </div>
  )
}

function yOf(value: number, scale: Scale, height: number): number {
  return height - ((value - scale.min) / (scale.max - scale.min)) * height
}

function short(label: string): string {
  return label.length > 12 ? `${label.slice(0, 11)}…` : label
}

interface Shape {
  readonly values: readonly (number | null)[]
  readonly scale: Scale
  readonly slot: number
  readonly height: number
  readonly color: string
  readonly label: string
  readonly labels: readonly string[]
}

function Line({ values, scale, slot, height, color, label, labels }: Shape) {
  const points = values.map((value, index) =>
    value === null ? null : ([slot * (index + 0.5), yOf(value, scale, height)] as const),
  )
  const path = points
    .map((point, index) =>
      point === null
        ? ''
        : `${index === 0 || points[index - 1] === null ? 'M' : 'L'}${point[0].toFixed(1)} ${point[1].toFixed(1)}`,
    )
    .join('')
  return (
    <g>
      <path d={path} fill="none" stroke={color} strokeWidth={2} strokeLinejoin="round" />
      {points.length > 60
        ? null
        : points.map((point, index) =>
            point === null ? null : (
              // biome-ignore lint/suspicious/noArrayIndexKey: points have no identity but their place
              <circle key={index} cx={point[0]} cy={point[1]} r={3} fill={color}>
                <title>{`${labels[index] ?? ''}: ${label} ${values[index]}`}</title>
              </circle>
            ),
          )}
    </g>
  )
}

function Bars({
  values,
  scale,
  slot,
  height,
  color,
  label,
  labels,
  lane,
  lanes,
}: Shape & { readonly lane: number; readonly lanes: number }) {
  const width = Math.max(1, (slot * 0.72) / lanes)
  const zero = yOf(0, scale, height)
  return (
    <g fill={color}>
      {values.map((value, index) => {
        if (value === null) return null
        const y = yOf(value, scale, height)
        const x = slot * index + slot * 0.14 + width * lane
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: points have no identity but their place
            key={index}
            x={x}
            y={Math.min(y, zero)}
            width={Math.max(1, width - 1)}
            height={Math.abs(zero - y)}
            rx={1}
            opacity={lanes > 1 || index === values.length - 1 ? 1 : 0.5}
          >
            <title>{`${labels[index] ?? ''}: ${label} ${value}`}</title>
          </rect>
        )
      })}
    </g>
  )
}

function sliceColor(index: number): string {
  return `var(--chart-series-${(index % 8) + 1})`
}

function Pie({ model, height, name }: { readonly model: ChartModel; readonly height: number; readonly name: string }) {
  const values = (model.values[0] ?? []).map((value) => Math.max(0, value ?? 0))
  const total = values.reduce((sum, value) => sum + value, 0)
  let angle = -Math.PI / 2
  const slices = values.map((value, index) => {
    const from = angle
    angle += total === 0 ? 0 : (value / total) * Math.PI * 2
    return { index, value, from, to: angle }
  })
  return (
    <svg role="img" aria-label={name} height={height} viewBox="-50 -50 100 100" className="im-chart-pie">
      {slices
        .filter((slice) => slice.value > 0)
        .map((slice) => (
          <path key={slice.index} d={arc(slice.from, slice.to)} fill={sliceColor(slice.index)}>
            <title>{`${model.labels[slice.index] ?? ''}: ${slice.value}`}</title>
          </path>
        ))}
    </svg>
  )
}

function arc(from: number, to: number): string {
  const end = Math.min(to, from + Math.PI * 2 - 0.0001)
  const at = (angle: number, radius: number) =>
    `${(Math.cos(angle) * radius).toFixed(3)} ${(Math.sin(angle) * radius).toFixed(3)}`
  const large = end - from > Math.PI ? 1 : 0
  return `M${at(from, 48)}A48 48 0 ${large} 1 ${at(end, 48)}L${at(end, 28)}A28 28 0 ${large} 0 ${at(from, 28)}Z`
}

function Legend({ model, pie }: { readonly model: ChartModel; readonly pie: boolean }) {
  const entries = pie ? model.labels.map((label, index) => ({ label, color: sliceColor(index) })) : model.series
  return (
    <ul className="im-legend">
      {entries.map(({ label, color }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: entries have no identity but their place
        <li key={index}>
          <span aria-hidden style={{ background: color }} />
          {label}
        </li>
      ))}
    </ul>
  )
}

function DataTable({
  model,
  xLabel,
  caption,
  visible,
}: {
  readonly model: ChartModel
  readonly xLabel: string
  readonly caption: string
  readonly visible: boolean
}) {
  return (
    <div className={visible ? 'im-chart-table' : 'im-hidden'}>
      <table>
        <caption className="im-hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{xLabel}</th>
            {model.series.map((series) => (
              <th key={series.key} scope="col">
                {series.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {model.labels.map((label, row) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: points have no identity but their place
            <tr key={row}>
              <th scope="row">{label}</th>
              {model.series.map((series, column) => (
                <td key={series.key}>{model.values[column]?.[row] ?? ''}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

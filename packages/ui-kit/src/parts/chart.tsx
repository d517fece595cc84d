import { useLayoutEffect, useRef, useState } from 'react'
import {
  Bar,
  BarChart,
  CartesianGrid,
  Cell,
  Line,
  LineChart,
  Pie,
  PieChart,
  Tooltip,
  type TooltipContentProps,
  XAxis,
  YAxis,
} from 'recharts'
import { localeOfHost, say } from '../words.ts'
import { type ChartModel, chartRows, tickText, valueKey } from './chart-model.ts'

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
  const name = say('{name}. {count} data points.', { name: title || say('Chart'), count: model.labels.length })
  const { box, width } = useWidth()
  const size = { width, height, model, name }
  return (
    <figure className="im-chart">
      {title ? <figcaption className="im-chart-title">{title}</figcaption> : null}
      {description ? <p className="im-help">{description}</p> : null}
      <div ref={box} className="im-chart-box" style={{ height }}>
        {kind === 'pie' ? <Parts {...size} /> : kind === 'bar' ? <Bars {...size} /> : <Lines {...size} />}
      </div>
      {legend || kind === 'pie' ? <Legend model={model} pie={kind === 'pie'} /> : null}
      <DataTable model={model} xLabel={xLabel} caption={name} visible={table} />
    </figure>
  )
}

function useWidth() {
  const box = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(480)
  useLayoutEffect(() => {
    const element = box.current
    if (element === null || typeof ResizeObserver === 'undefined') return
    const observer = new ResizeObserver(() => setWidth(Math.max(160, element.clientWidth)))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return { box, width }
}

interface Size {
  readonly model: ChartModel
  readonly width: number
  readonly height: number
  readonly name: string
}

/** The picture is one stop of the keyboard; its arrows lead from point to point as a pointer does. */
const pictureOf = ({ name, width, height }: Size) =>
  ({ role: 'img', 'aria-label': name, tabIndex: 0, accessibilityLayer: true, width, height }) as const

const MARGIN = { top: 8, right: 8, bottom: 0, left: 0 }
const AXIS_WIDTH = 44
const short = (label: string): string => (label.length > 12 ? `${label.slice(0, 11)}…` : label)

/** Grid and axes that lines and bars share. */
function axes(model: ChartModel) {
  const quiet = { tickLine: false, axisLine: false, tickMargin: 6 } as const
  return [
    <CartesianGrid key="grid" vertical={false} className="im-chart-grid" />,
    <XAxis key="x" dataKey="label" {...quiet} height={24} minTickGap={20} tickFormatter={short} />,
    <YAxis key="left" yAxisId="left" {...quiet} width={AXIS_WIDTH} tickCount={4} tickFormatter={tickText} />,
    model.series.some((series) => series.right) ? (
      <YAxis
        key="right"
        yAxisId="right"
        orientation="right"
        {...quiet}
        width={AXIS_WIDTH}
        tickCount={4}
        tickFormatter={tickText}
      />
    ) : null,
    <Tooltip key="tip" content={Hint} isAnimationActive={false} cursor={{ className: 'im-chart-cursor' }} />,
  ]
}

function Lines(size: Size) {
  const { model } = size
  const few = model.labels.length <= 60
  return (
    <LineChart {...pictureOf(size)} data={chartRows(model)} margin={MARGIN}>
      {axes(model)}
      {model.series.map((series, index) => (
        <Line
          key={series.key}
          yAxisId={series.right ? 'right' : 'left'}
          dataKey={valueKey(index)}
          name={series.label}
          stroke={series.color}
          strokeWidth={2}
          dot={few ? { r: 2.5, strokeWidth: 0, fill: series.color } : false}
          activeDot={{ r: 4, strokeWidth: 0 }}
          isAnimationActive={false}
        />
      ))}
    </LineChart>
  )
}

function Bars(size: Size) {
  const { model } = size
  const last = model.labels.length - 1
  const single = model.series.length === 1
  return (
    <BarChart {...pictureOf(size)} data={chartRows(model)} margin={MARGIN} barCategoryGap="28%" barGap={1}>
      {axes(model)}
      {model.series.map((series, index) => (
        <Bar
          key={series.key}
          yAxisId={series.right ? 'right' : 'left'}
          dataKey={valueKey(index)}
          name={series.label}
          fill={series.color}
          radius={2}
          maxBarSize={48}
          isAnimationActive={false}
        >
          {/* Of one series, what was is quieter than what is. */}
          {single
            ? model.labels.map((label, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: points have no identity but their place
                <Cell key={`${label}-${at}`} fillOpacity={at === last ? 1 : 0.5} />
              ))
            : null}
        </Bar>
      ))}
    </BarChart>
  )
}

const partColor = (index: number): string => `var(--chart-series-${(index % 8) + 1})`

function Parts(size: Size) {
  const { model } = size
  const parts = model.labels.map((name, index) => ({ name, value: Math.max(0, model.values[0]?.[index] ?? 0) }))
  return (
    <PieChart {...pictureOf(size)}>
      <Tooltip content={Hint} isAnimationActive={false} />
      <Pie
        data={parts}
        dataKey="value"
        nameKey="name"
        innerRadius="58%"
        outerRadius="98%"
        startAngle={90}
        endAngle={-270}
        stroke="var(--surface-0)"
        strokeWidth={1}
        isAnimationActive={false}
      >
        {parts.map((part, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: points have no identity but their place
          <Cell key={`${part.name}-${index}`} fill={partColor(index)} />
        ))}
      </Pie>
    </PieChart>
  )
}

/** The point that the pointer or the keyboard is on; read out as it changes. */
function Hint({ active, label, payload }: TooltipContentProps) {
  if (!active || payload.length === 0) return null
  return (
    <div className="im-chart-hint" role="status">
      {label === undefined ? null : <strong>{String(label)}</strong>}
      {payload.map((entry) => (
        <span key={String(entry.dataKey ?? entry.name)}>
          <i style={{ background: entry.payload?.fill ?? entry.color }} />
          {String(entry.name)}
          <b>
            {typeof entry.value === 'number'
              ? new Intl.NumberFormat(localeOfHost()).format(entry.value)
              : String(entry.value)}
          </b>
        </span>
      ))}
    </div>
  )
}

function Legend({ model, pie }: { readonly model: ChartModel; readonly pie: boolean }) {
  const entries = pie ? model.labels.map((label, index) => ({ label, color: partColor(index) })) : model.series
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

interface DataTableProps {
  readonly model: ChartModel
  readonly xLabel: string
  readonly caption: string
  readonly visible: boolean
}

function DataTable({ model, xLabel, caption, visible }: DataTableProps) {
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

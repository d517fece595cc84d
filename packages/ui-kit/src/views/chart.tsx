import { useMemo } from 'react'
import { Chart } from '../parts/chart.tsx'
import { chartModel } from '../parts/chart-model.ts'
import type { ViewProps } from '../tree/view.ts'
import { say } from '../words.ts'

export function ChartView({ props }: ViewProps<'Chart'>) {
  const rightKeys = props.chart_type === 'pie' ? [] : props.y2_keys
  const model = useMemo(
    () => chartModel(props.data, props.x_key, props.series, rightKeys),
    [props.data, props.x_key, props.series, rightKeys],
  )
  if (props.data.length === 0) {
    return (
      <div role="status" className="im-chart-empty" style={{ height: props.height }}>
        {say('No data')}
      </div>
    )
  }
  return (
    <Chart
      kind={props.chart_type}
      model={model}
      height={props.height}
      title={props.title}
      description={props.description}
      xLabel={props.x_key}
      legend={props.show_legend}
      table={props.show_data_table}
    />
  )
}

import { type ComponentType, lazy, Suspense } from 'react'
import type { ViewProps } from '../tree/view.ts'

/** A view whose code arrives when the first such node is drawn; a box of about its height stands there until then. */
function lazyView<K extends 'Html' | 'RichEditor' | 'Chart' | 'DataTable' | 'Graph'>(
  load: () => Promise<ComponentType<ViewProps<K>>>,
  height: (props: ViewProps<K>['props']) => number,
): ComponentType<ViewProps<K>> {
  const View = lazy(async () => ({ default: await load() })) as unknown as ComponentType<ViewProps<K>> // lazy hides the props of a generic view
  return (props) => (
    <Suspense fallback={<div aria-busy className="im-lazy" style={{ height: height(props.props) }} />}>
      <View {...props} />
    </Suspense>
  )
}

export const HtmlView = lazyView<'Html'>(
  () => import('./html.tsx').then((module) => module.HtmlView),
  (props) => props.max_height || 120,
)
export const RichEditorView = lazyView<'RichEditor'>(
  () => import('./rich-editor.tsx').then((module) => module.RichEditorView),
  () => 160,
)
export const ChartView = lazyView<'Chart'>(
  () => import('./chart.tsx').then((module) => module.ChartView),
  (props) => props.height,
)
export const DataTableView = lazyView<'DataTable'>(
  () => import('./table.tsx').then((module) => module.DataTableView),
  () => 160,
)
export const GraphView = lazyView<'Graph'>(
  () => import('./graph.tsx').then((module) => module.GraphView),
  (props) => props.height,
)

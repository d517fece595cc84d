import type { ComponentType } from 'react'
import { type LaterPart, laterPart } from '../parts/later-part.tsx'
import type { ViewProps } from '../tree/view.ts'
import { SomeRows } from './list/rows.tsx'

type LazyComponent =
  | 'Html'
  | 'RichEditor'
  | 'Chart'
  | 'DataTable'
  | 'Graph'
  | 'Video'
  | 'Audio'
  | 'FileUpload'
  | 'DatePicker'

/** A view whose code arrives when the first such node is drawn; a box of about its height stands there until then. */
const lazyView = <K extends LazyComponent>(
  load: () => Promise<ComponentType<ViewProps<K>>>,
  height: (props: ViewProps<K>['props']) => number,
): LaterPart<ViewProps<K>> =>
  laterPart(load, ({ props }) => <div aria-busy className="im-lazy" style={{ height: height(props) }} />)

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
export const VideoView = lazyView<'Video'>(
  () => import('./media.tsx').then((module) => module.VideoView),
  () => 240,
)
export const AudioView = lazyView<'Audio'>(
  () => import('./media.tsx').then((module) => module.AudioView),
  () => 54,
)
export const FileUploadView = lazyView<'FileUpload'>(
  () => import('./file-upload.tsx').then((module) => module.FileUploadView),
  () => 120,
)
export const DatePickerView = lazyView<'DatePicker'>(
  () => import('./date-picker.tsx').then((module) => module.DatePickerView),
  (props) => (props.label ? 60 : 36),
)

/** Fetches the small ones among them and what long lists need; never rejects. */
export async function preloadViews(): Promise<void> {
  // Unreachable now: drawing the first of them tries again, and says so if it fails.
  await Promise.allSettled([VideoView, FileUploadView, DatePickerView, SomeRows].map((part) => part.preload()))
}

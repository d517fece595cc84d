import { always, builder, required, sparse, UIBuildError } from './emit.ts'
import type { Action, AlertVariant, NodeMeta, Row, Series, UINode } from './types.ts'

const SYNONYMS: Readonly<Record<string, AlertVariant>> = {
  warning: 'warn',
  danger: 'error',
  err: 'error',
  ok: 'success',
}
const variantRule = always('variant', 'info', {
  map: (given: string) => SYNONYMS[given] ?? given,
  choices: ['info', 'success', 'warn', 'error'],
})
type AlertWord = AlertVariant | 'warning' | 'danger' | 'err' | 'ok'

const alert = builder('Alert', {
  message: required('message'),
  title: always('title', ''),
  variant: variantRule,
  dismissible: sparse('dismissible', false),
})

export type AlertOptions = NodeMeta & {
  readonly title?: string
  readonly variant?: AlertWord
  /** The same as `variant`, for code that says it this way. */
  readonly type?: AlertWord
  readonly dismissible?: boolean
}

/** Something the reader should know. */
export function Alert(message: string, { type, ...options }: AlertOptions = {}): UINode {
  return alert({ ...(type === undefined ? {} : { variant: type }), ...options, message })
}

const progress = builder('Progress', {
  value: required('value'),
  label: always('label', ''),
  variant: always('variant', 'bar', { choices: ['bar', 'circular'] }),
  color: sparse('color', '', { choices: ['', 'blue', 'green', 'red', 'yellow', 'purple'] }),
  max: sparse('max', 100),
  showValue: sparse('show_value', false),
  size: sparse('size', 'md', { choices: ['sm', 'md', 'lg'] }),
})

export type ProgressOptions = NodeMeta & {
  readonly label?: string
  readonly variant?: 'bar' | 'circular'
  readonly color?: 'blue' | 'green' | 'red' | 'yellow' | 'purple'
  readonly max?: number
  readonly showValue?: boolean
  readonly size?: 'sm' | 'md' | 'lg'
}

/** How far something is, between 0 and `max`. */
export function Progress(value: number, options: ProgressOptions = {}): UINode {
  return progress({ ...options, value })
}

const chart = builder('Chart', {
  type: always('chart_type', 'line', { choices: ['line', 'bar', 'pie'] }),
  data: required('data'),
  xKey: always('x_key', 'name'),
  height: always('height', 200),
  series: sparse('series'),
  y2Keys: sparse('y2_keys'),
  title: sparse('title', ''),
  description: sparse('description', ''),
  showLegend: sparse('show_legend', false),
  showDataTable: sparse('show_data_table', false),
})

export type ChartOptions = NodeMeta & {
  readonly type?: 'line' | 'bar' | 'pie'
  readonly xKey?: string
  readonly height?: number
  readonly series?: readonly Series[]
  /** Colour by key; travels as part of `series`. */
  readonly colors?: { readonly [key: string]: string }
  readonly y2Keys?: readonly string[]
  readonly title?: string
  readonly description?: string
  readonly showLegend?: boolean
  readonly showDataTable?: boolean
}

/** Numbers as lines, bars or parts of a whole. */
export function Chart(data: readonly Row[], { colors, ...options }: ChartOptions = {}): UINode {
  const series = options.series ?? (colors === undefined ? undefined : colored(data, options.xKey ?? 'name', colors))
  return chart({ ...options, data, ...(series === undefined ? {} : { series }) })
}

function colored(data: readonly Row[], xKey: string, colors: Readonly<Record<string, string>>): Series[] {
  const keys = Object.keys(data[0] ?? {}).filter((key) => key !== xKey)
  return keys.map((key) => ({ key, ...(colors[key] === undefined ? {} : { color: colors[key] }) }))
}

const loading = builder('Loading', {
  message: always('message', 'Loading...'),
  variant: always('variant', 'spinner', { choices: ['spinner', 'skeleton', 'dots'] }),
})

/** Something is on its way. */
export function Loading(
  message = 'Loading...',
  options: NodeMeta & { readonly variant?: 'spinner' | 'skeleton' | 'dots' } = {},
): UINode {
  return loading({ ...options, message })
}

const failure = builder('Error', {
  message: required('message'),
  title: always('title', 'Error'),
  retry: sparse('retry'),
  retryLabel: sparse('retry_label', ''),
})

export type ErrorOptions = NodeMeta & { readonly title?: string; readonly retry?: Action; readonly retryLabel?: string }

/** Something failed, and how to try again. */
export function ErrorBox(message: string, options: ErrorOptions = {}): UINode {
  return failure({ ...options, message })
}

const toast = builder('Toast', {
  message: required('message'),
  variant: variantRule,
  duration: always('duration', 5_000),
  title: sparse('title', ''),
  action: sparse('action'),
  actionLabel: sparse('action_label', ''),
})

export type ToastOptions = NodeMeta & {
  readonly variant?: AlertWord
  /** Milliseconds; 0 stays until it is dismissed. */
  readonly duration?: number
  readonly title?: string
  readonly action?: Action
  readonly actionLabel?: string
}

/** A message that goes away by itself. */
export function Toast(message: string, options: ToastOptions = {}): UINode {
  if ((options.duration ?? 0) < 0) throw new UIBuildError('Toast', 'duration', 'Milliseconds cannot be negative.')
  if ((options.action === undefined) !== (options.actionLabel === undefined)) {
    throw new UIBuildError('Toast', 'action', 'An action and its label go together.')
  }
  return toast({ ...options, message })
}

import { builder, UIBuildError } from './emit.ts'
import {
  type AlertOptions as AlertRules,
  type ChartOptions as ChartRules,
  type ErrorOptions,
  type GraphOptions,
  type LoadingOptions,
  type ProgressOptions,
  type Series,
  TABLE,
  type ToastOptions,
  type TrayResponseOptions,
} from './table.ts'
import type { GraphEdge, GraphNode, Row, UINode } from './types.ts'

const alert = builder('Alert', TABLE.Alert)

export type AlertOptions = AlertRules & {
  /** The same as `variant`, for code that says it this way. */
  readonly type?: AlertRules['variant']
}

/** Something the reader should know. */
export function Alert(message: string, { type, ...options }: AlertOptions = {}): UINode {
  return alert({ ...(type === undefined ? {} : { variant: type }), ...options, message })
}

const progress = builder('Progress', TABLE.Progress)

/** How far something is, between 0 and `max`. */
export function Progress(value: number, options: ProgressOptions = {}): UINode {
  return progress({ ...options, value })
}

const chart = builder('Chart', TABLE.Chart)

export type ChartOptions = ChartRules & {
  /** Colour by key; travels as part of `series`. */
  readonly colors?: { readonly [key: string]: string }
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

const loading = builder('Loading', TABLE.Loading)

/** Something is on its way. */
export function Loading(message = 'Loading...', options: LoadingOptions = {}): UINode {
  return loading({ ...options, message })
}

const failure = builder('Error', TABLE.Error)

/** Something failed, and how to try again. */
export function ErrorBox(message: string, options: ErrorOptions = {}): UINode {
  return failure({ ...options, message })
}

const toast = builder('Toast', TABLE.Toast)

/** A message that goes away by itself. */
export function Toast(message: string, options: ToastOptions = {}): UINode {
  if ((options.duration ?? 0) < 0) throw new UIBuildError('Toast', 'duration', 'Milliseconds cannot be negative.')
  if ((options.action === undefined) !== (options.actionLabel === undefined)) {
    throw new UIBuildError('Toast', 'action', 'An action and its label go together.')
  }
  return toast({ ...options, message })
}

const graph = builder('Graph', TABLE.Graph)

/** Things and how they are related; up to about 1,500 things stay readable. */
export function Graph(
  nodes: readonly (GraphNode | { readonly data: GraphNode })[],
  edges: readonly (GraphEdge | { readonly data: GraphEdge })[],
  options: GraphOptions = {},
): UINode {
  return graph({ ...options, nodes, edges })
}

const trayResponse = builder('TrayResponse', TABLE.TrayResponse)

/** What a tray handler returns: a Badge as counter, and what opens below the icon. */
export function TrayResponse(options: TrayResponseOptions = {}): UINode {
  return trayResponse(options)
}

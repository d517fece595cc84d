/** Ceilings of a tree (ui 6.2). Bytes are UTF-8 bytes of the serialised tree, lengths are UTF-16 units. */
export interface UiLimits {
  readonly treeBytes: number
  readonly depth: number
  readonly nodes: number
  readonly children: number
  readonly listItems: number
  readonly tableRows: number
  readonly tableColumns: number
  readonly treeNodes: number
  readonly chartPoints: number
  readonly chartSeries: number
  readonly graphNodes: number
  readonly graphEdges: number
  readonly options: number
  readonly label: number
  readonly text: number
  readonly paramsBytes: number
  readonly paramsDepth: number
  readonly message: number
  readonly confirm: number
  readonly url: number
}

export const UI_LIMITS: UiLimits = {
  treeBytes: 262_144,
  depth: 32,
  nodes: 5_000,
  children: 1_000,
  listItems: 1_000,
  tableRows: 2_000,
  tableColumns: 50,
  treeNodes: 2_000,
  chartPoints: 5_000,
  chartSeries: 12,
  graphNodes: 5_000,
  graphEdges: 10_000,
  options: 1_000,
  label: 2_048,
  text: 65_536,
  paramsBytes: 65_536,
  paramsDepth: 8,
  message: 4_000,
  confirm: 500,
  url: 2_048,
}

import { toneOf, UI_TONE_NAMES, type UiGraphEdge, type UiGraphNode } from '@imperal/contract/ui'

/** What a reader has asked to see of a graph. */
export interface GraphFilter {
  /** Groups that are left out. */
  readonly hidden: ReadonlySet<string>
  readonly mentions: number
  readonly weight: number
}
export const NO_FILTER: GraphFilter = { hidden: new Set(), mentions: 0, weight: 0 }

/** A set of things with one value of the key that colours them. */
export interface GraphGroup {
  readonly name: string
  readonly count: number
  readonly color: string
}

const PALETTE = 8
const NONE = 'other'

/** The value that decides the colour of a thing. */
export function groupOf(node: UiGraphNode, colorBy: string): string {
  const value = Object.hasOwn(node.data, colorBy) ? node.data[colorBy] : undefined
  return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, 64) || NONE : NONE
}

/** The groups of a graph, largest first, each with its colour as CSS. */
export function graphGroups(nodes: readonly UiGraphNode[], colorBy: string): readonly GraphGroup[] {
  const counts = new Map<string, number>()
  for (const node of nodes) {
    const name = groupOf(node, colorBy)
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([name, count], index) => ({ name, count, color: `var(--chart-series-${(index % PALETTE) + 1})` }))
}

/** CSS for a colour that a tree asked for: a role of the theme, or the checked colour itself. */
export function cssColor(color: string): string {
  if (!Object.hasOwn(UI_TONE_NAMES, color)) return color
  const tone = toneOf(color)
  return tone === 'neutral' ? 'var(--text-subtle)' : tone === 'orange' ? 'var(--warning)' : `var(--${tone})`
}

/** Relations whose ends are both there. */
export function connected(nodes: readonly UiGraphNode[], edges: readonly UiGraphEdge[]): readonly UiGraphEdge[] {
  const ids = new Set(nodes.map((node) => node.id))
  return edges.filter((edge) => ids.has(edge.source) && ids.has(edge.target))
}

/** What is left of a graph under a filter. */
export function filtered(
  nodes: readonly UiGraphNode[],
  edges: readonly UiGraphEdge[],
  colorBy: string,
  filter: GraphFilter,
): { readonly nodes: readonly UiGraphNode[]; readonly edges: readonly UiGraphEdge[] } {
  const kept = nodes.filter((node) => !filter.hidden.has(groupOf(node, colorBy)) && node.mentions >= filter.mentions)
  return { nodes: kept, edges: connected(kept, edges).filter((edge) => edge.weight >= filter.weight) }
}

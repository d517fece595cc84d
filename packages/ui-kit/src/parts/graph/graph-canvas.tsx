import type { UiGraphEdge, UiGraphNode } from '@imperal/contract/ui'
import cytoscape, { type Core, type StylesheetJson } from 'cytoscape'
import fcose from 'cytoscape-fcose'
import { type RefObject, useEffect, useRef } from 'react'
import { cssColor, type GraphGroup, groupOf } from './graph-model.ts'

cytoscape.use(fcose)

export interface GraphCanvasProps {
  readonly nodes: readonly UiGraphNode[]
  readonly edges: readonly UiGraphEdge[]
  readonly groups: readonly GraphGroup[]
  readonly colorBy: string
  readonly layout: string
  readonly sizes: readonly [least: number, most: number]
  readonly edgeLabels: boolean
  readonly animate: boolean
  /** Words to look for; what does not contain them is dimmed. */
  readonly query: string
  readonly core: RefObject<Core | null>
  readonly onNode: (id: string) => void
}

/** Labels are 12 px at zoom 1, so after fitting they read between 12 and 16 px. */
const LABEL = 12
const READABLE = { min: 1, max: 16 / LABEL }
const ZOOM = { min: 0.2, max: 8 }
const MANY = 500

/** The picture of a graph on a canvas. */
export function GraphCanvas(props: GraphCanvasProps) {
  const { nodes, edges, layout, query, edgeLabels, core } = props
  const box = useRef<HTMLDivElement>(null)
  const latest = useRef(props)
  latest.current = props
  // biome-ignore lint/correctness/useExhaustiveDependencies: the picture is made anew when its content changes; the rest is read when it is made
  useEffect(() => {
    const element = box.current
    if (element === null) return
    const made = cytoscape({
      container: element,
      elements: elementsOf(latest.current, element),
      style: styleOf(latest.current, element),
      minZoom: ZOOM.min,
      maxZoom: ZOOM.max,
      layout: { name: 'preset' },
    })
    made.on('tap', 'node', (event) => latest.current.onNode(String(event.target.id())))
    core.current = made
    return () => {
      core.current = null
      made.destroy()
    }
  }, [nodes, edges, core])
  // biome-ignore lint/correctness/useExhaustiveDependencies: arranged again whenever the content was made anew
  useEffect(() => {
    const made = core.current
    if (made === null) return
    made.layout(layoutOf(layout, latest.current.animate && nodes.length <= MANY, () => fit(made))).run()
  }, [layout, nodes, edges, core])
  useEffect(() => {
    core.current
      ?.style()
      .selector('edge')
      .style('label', edgeLabels ? 'data(label)' : '')
      .update()
  }, [edgeLabels, core])
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new picture is dimmed as well
  useEffect(() => {
    dim(core.current, query)
  }, [query, nodes, edges, core])
  return <div ref={box} className="im-graph-canvas" />
}

/** Shows everything, but never with labels that cannot be read. */
export function fit(core: Core): void {
  core.fit(undefined, 24)
  const zoom = Math.min(READABLE.max, Math.max(READABLE.min, core.zoom()))
  if (zoom === core.zoom()) return
  core.zoom(zoom)
  core.center()
}

function dim(core: Core | null, query: string): void {
  if (core === null) return
  const needle = query.trim().toLowerCase()
  core.batch(() => {
    core.elements().removeClass('dim')
    if (needle === '') return
    const found = core.nodes().filter((node) => String(node.data('label')).toLowerCase().includes(needle))
    core.elements().not(found).addClass('dim')
  })
}

/** Canvases know no CSS variables: the value that the page would use. */
function resolved(color: string, element: HTMLElement): string {
  const probe = document.createElement('span')
  probe.style.color = color
  element.append(probe)
  const value = getComputedStyle(probe).color
  probe.remove()
  return value
}

function elementsOf({ nodes, edges, groups, colorBy }: GraphCanvasProps, element: HTMLElement) {
  const byGroup = new Map(groups.map((group) => [group.name, resolved(group.color, element)]))
  return [
    ...nodes.map((node) => ({
      group: 'nodes' as const,
      data: {
        id: node.id,
        label: node.label,
        size: Math.min(50, Math.max(0, node.size ?? 20)),
        color: node.color === '' ? byGroup.get(groupOf(node, colorBy)) : resolved(cssColor(node.color), element),
      },
    })),
    ...edges.map((edge, index) => ({
      group: 'edges' as const,
      // Ids of edges share one space with those of nodes and may repeat; the picture gives its own.
      data: {
        id: `\u0000${index}`,
        source: edge.source,
        target: edge.target,
        label: edge.label,
        width: Math.min(6, 1 + Math.log2(Math.max(1, edge.weight))),
        color: edge.color === '' ? resolved('var(--border-strong)', element) : resolved(cssColor(edge.color), element),
      },
    })),
  ]
}

function styleOf({ sizes, edgeLabels }: GraphCanvasProps, element: HTMLElement): StylesheetJson {
  const [least, most] = sizes
  const text = { color: resolved('var(--text)', element), 'font-family': getComputedStyle(element).fontFamily }
  const size = `mapData(size, 0, 50, ${least}, ${Math.max(least, most)})`
  const outline = { 'text-outline-color': resolved('var(--surface-0)', element), 'text-outline-width': 2 }
  return [
    {
      selector: 'node',
      style: {
        label: 'data(label)',
        width: size,
        height: size,
        'background-color': 'data(color)',
        'font-size': LABEL,
        'text-valign': 'bottom',
        'text-margin-y': 4,
        'text-max-width': '140px',
        'text-wrap': 'ellipsis',
        ...text,
        ...outline,
      },
    },
    {
      selector: 'edge',
      style: {
        width: 'data(width)',
        'line-color': 'data(color)',
        'target-arrow-color': 'data(color)',
        'target-arrow-shape': 'triangle',
        'arrow-scale': 0.7,
        'curve-style': 'bezier',
        label: edgeLabels ? 'data(label)' : '',
        'font-size': 10,
        'text-rotation': 'autorotate',
        ...text,
        ...outline,
        color: resolved('var(--text-muted)', element),
      },
    },
    { selector: '.dim', style: { opacity: 0.2 } },
  ]
}

function layoutOf(name: string, animate: boolean, stop: () => void): cytoscape.LayoutOptions {
  const still = typeof matchMedia === 'function' && matchMedia('(prefers-reduced-motion: reduce)').matches
  const shared = { animate: animate && !still, animationDuration: 300, fit: false, stop }
  // The layout of that name is no longer kept; its successor arranges the same way, faster.
  if (name === 'cose-bilkent')
    return {
      name: 'fcose',
      quality: 'default',
      randomize: true,
      nodeSeparation: 90,
      ...shared,
    } as cytoscape.LayoutOptions // of the extension
  return { name, spacingFactor: 1.1, ...shared } as cytoscape.LayoutOptions // one of the four that are built in
}

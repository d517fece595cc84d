import type { UiGraphEdge, UiGraphNode } from '@imperal/contract/ui'
import type { Core } from 'cytoscape'
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react'
import { type KitSentence, say } from '../../words.ts'
import { IconButton } from '../button.tsx'
import { Check } from '../fields.tsx'
import { fit, GraphCanvas } from './graph-canvas.tsx'
import { GraphLists } from './graph-lists.tsx'
import { connected, filtered, type GraphFilter, type GraphGroup, graphGroups, NO_FILTER } from './graph-model.ts'

export interface GraphProps {
  readonly nodes: readonly UiGraphNode[]
  readonly edges: readonly UiGraphEdge[]
  readonly layout: string
  readonly layouts: readonly string[]
  readonly height: number
  readonly sizes: readonly [least: number, most: number]
  readonly edgeLabels: boolean
  readonly colorBy: string
  readonly title: string
  readonly description: string
  readonly animate: boolean
  readonly busy: boolean
  readonly onNode: ((id: string) => void) | undefined
}

const SEARCH_DELAY = 200
const LAYOUT_WORDS: Readonly<Record<string, KitSentence>> = {
  'cose-bilkent': 'Related together',
  circle: 'Circle',
  grid: 'Grid',
  breadthfirst: 'Levels',
  concentric: 'Rings',
}

/** Things and their relations as a picture with search and filters, and as two lists. */
export function Graph(props: GraphProps) {
  const { nodes, edges, colorBy, title, description, height } = props
  const [filter, setFilter] = useState(NO_FILTER)
  const [layout, setLayout] = useState(props.layout)
  const [labels, setLabels] = useState(props.edgeLabels)
  const [query, setQuery] = useState('')
  const sought = useDeferredValue(useSettled(query))
  const core = useRef<Core | null>(null)
  const all = useMemo(() => connected(nodes, edges), [nodes, edges])
  const groups = useMemo(() => graphGroups(nodes, colorBy), [nodes, colorBy])
  const shown = useMemo(() => filtered(nodes, all, colorBy, filter), [nodes, all, colorBy, filter])
  const canDraw = useCanDraw()
  const name = `${title}. ${shown.nodes.length} entities, ${shown.edges.length} relationships.`
  const onNode = (id: string) => props.onNode?.(id)
  return (
    <figure className="im-graph" aria-busy={props.busy || undefined}>
      <figcaption className="im-chart-title">{title}</figcaption>
      {description ? <p className="im-help">{description}</p> : null}
      <div className="im-graph-tools" role="toolbar" aria-label={say('Tools of {title}', { title })}>
        <input
          type="search"
          name="search"
          className="im-input"
          placeholder={say('Find')}
          aria-label={say('Find an entity')}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
        <select
          name="layout"
          className="im-input im-graph-layout"
          aria-label={say('Layout')}
          value={layout}
          onChange={(event) => setLayout(event.target.value)}
        >
          {props.layouts.map((one) => (
            <option key={one} value={one}>
              {LAYOUT_WORDS[one] === undefined ? one : say(LAYOUT_WORDS[one])}
            </option>
          ))}
        </select>
        <IconButton icon="ZoomIn" label={say('Zoom in')} onClick={() => zoomBy(core.current, 1.25)} />
        <IconButton icon="ZoomOut" label={say('Zoom out')} onClick={() => zoomBy(core.current, 0.8)} />
        <IconButton icon="Maximize" label={say('Fit')} onClick={() => core.current && fit(core.current)} />
        <IconButton
          icon="RotateCcw"
          label={say('Reset')}
          onClick={() => {
            setFilter(NO_FILTER)
            setLayout(props.layout)
            setLabels(props.edgeLabels)
            setQuery('')
            if (core.current) fit(core.current)
          }}
        />
        <IconButton
          icon="Download"
          label={say('Save as picture')}
          onClick={() => void savePicture(core.current, title)}
        />
        <span className="im-graph-switch">
          <Check checked={labels} label={say('Names of relationships')} onChecked={setLabels} />
          <span aria-hidden>{say('Names')}</span>
        </span>
      </div>
      <Filters groups={groups} nodes={nodes} edges={all} filter={filter} onFilter={setFilter} />
      {canDraw ? (
        <div className="im-graph-box" role="img" aria-label={name} style={{ height }}>
          <GraphCanvas
            nodes={shown.nodes}
            edges={shown.edges}
            groups={groups}
            colorBy={colorBy}
            layout={layout}
            sizes={props.sizes}
            edgeLabels={labels}
            animate={props.animate}
            query={sought}
            core={core}
            onNode={onNode}
          />
        </div>
      ) : null}
      <GraphLists nodes={shown.nodes} edges={shown.edges} onNode={props.onNode} query={sought} />
    </figure>
  )
}

/** The text once nobody has typed for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), SEARCH_DELAY)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}

/** False where there is no canvas to draw on; the lists are complete without it. */
function useCanDraw(): boolean {
  return useMemo(
    () => typeof document !== 'undefined' && (document.createElement('canvas').getContext?.('2d') ?? null) !== null,
    [],
  )
}

function zoomBy(core: Core | null, factor: number): void {
  core?.zoom({ level: core.zoom() * factor, renderedPosition: { x: core.width() / 2, y: core.height() / 2 } })
}

async function savePicture(core: Core | null, title: string): Promise<void> {
  if (core === null) return
  const blob = await core.png({ output: 'blob-promise', full: true, scale: 2 })
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = `${title.replaceAll(/[^\p{L}\p{N}]+/gu, '-').toLowerCase() || 'graph'}.png`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

interface FiltersProps {
  readonly groups: readonly GraphGroup[]
  readonly nodes: readonly UiGraphNode[]
  readonly edges: readonly UiGraphEdge[]
  readonly filter: GraphFilter
  readonly onFilter: (filter: GraphFilter) => void
}

function Filters({ groups, nodes, edges, filter, onFilter }: FiltersProps) {
  const mentions = Math.max(0, ...nodes.map((node) => node.mentions))
  const weight = Math.max(1, ...edges.map((edge) => edge.weight))
  const toggle = (name: string, on: boolean) => {
    const hidden = new Set(filter.hidden)
    if (on) hidden.delete(name)
    else hidden.add(name)
    onFilter({ ...filter, hidden })
  }
  return (
    <div className="im-graph-filters">
      {groups.length > 1
        ? groups.slice(0, 12).map((group) => (
            <span key={group.name} className="im-graph-switch">
              <Check
                checked={!filter.hidden.has(group.name)}
                label={`${group.name}, ${group.count}`}
                onChecked={(on) => toggle(group.name, on)}
              />
              <i aria-hidden style={{ background: group.color }} />
              <span aria-hidden>
                {group.name} <small>{group.count}</small>
              </span>
            </span>
          ))
        : null}
      {mentions > 0 ? (
        <Least
          name="mentions"
          label={say('Minimum mentions')}
          most={mentions}
          value={filter.mentions}
          onValue={(value) => onFilter({ ...filter, mentions: value })}
        />
      ) : null}
      {weight > 1 ? (
        <Least
          name="strength"
          label={say('Minimum strength')}
          most={weight}
          value={filter.weight}
          onValue={(value) => onFilter({ ...filter, weight: value })}
        />
      ) : null}
    </div>
  )
}

interface LeastProps {
  readonly name: string
  readonly label: string
  readonly most: number
  readonly value: number
  readonly onValue: (value: number) => void
}

function Least({ name, label, most, value, onValue }: LeastProps) {
  return (
    <label className="im-graph-least">
      {label}
      <input
        type="range"
        name={name}
        min={0}
        max={most}
        value={value}
        onChange={(event) => onValue(Number(event.target.value))}
      />
      <output>{value}</output>
    </label>
  )
}

import type { UiGraphEdge, UiGraphNode } from '@imperal/contract/ui'
import { useMemo, useState } from 'react'
import { say } from '../../words.ts'
import { Button } from '../button.tsx'

interface GraphListsProps {
  readonly nodes: readonly UiGraphNode[]
  readonly edges: readonly UiGraphEdge[]
  readonly query: string
  readonly onNode: ((id: string) => void) | undefined
}

/** Rows that are in the page before somebody asks for more. */
const STEP = 100

/** The same graph as text: every entity and every relationship. */
export function GraphLists({ nodes, edges, query, onNode }: GraphListsProps) {
  const names = useMemo(() => new Map(nodes.map((node) => [node.id, node.label])), [nodes])
  const needle = query.trim().toLowerCase()
  const found = needle === '' ? nodes : nodes.filter((node) => node.label.toLowerCase().includes(needle))
  const nameOf = (id: string) => names.get(id) ?? id
  return (
    <div className="im-graph-lists">
      <Folded title={say('Entities ({count})', { count: found.length })} count={found.length}>
        {(index) => {
          const node = found[index]
          if (node === undefined) return null
          return onNode === undefined ? (
            node.label
          ) : (
            <button type="button" className="im-link" onClick={() => onNode(node.id)}>
              {node.label}
            </button>
          )
        }}
      </Folded>
      <Folded title={say('Relationships ({count})', { count: edges.length })} count={edges.length}>
        {(index) => {
          const edge = edges[index]
          if (edge === undefined) return null
          return `${nameOf(edge.source)} → ${nameOf(edge.target)}${edge.label === '' ? '' : `: ${edge.label}`}`
        }}
      </Folded>
    </div>
  )
}

interface FoldedProps {
  readonly title: string
  readonly count: number
  readonly children: (index: number) => React.ReactNode
}

function Folded({ title, count, children }: FoldedProps) {
  const [open, setOpen] = useState(false)
  const [most, setMost] = useState(STEP)
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{title}</summary>
      {open ? (
        <>
          <ul>
            {Array.from({ length: Math.min(count, most) }, (_, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the list is drawn anew as a whole
              <li key={index}>{children(index)}</li>
            ))}
          </ul>
          {count > most ? (
            <Button size="sm" variant="ghost" onClick={() => setMost(most + STEP)}>
              {say('Show more')}
            </Button>
          ) : null}
        </>
      ) : null}
    </details>
  )
}

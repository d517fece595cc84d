import { parseUiTree, type UiAction, type UiNode, type UiProps, walkNodes } from '@imperal/contract/ui'
import { useCallback, useRef, useState } from 'react'
import { useTree } from '../../host/context.ts'
import { useAct } from '../../host/use-act.ts'
import { rowId } from './list-model.ts'

interface Tail {
  /** The rows that this tail continues; other rows mean a refresh, and the tail is dropped. */
  readonly base: readonly UiNode[]
  readonly rows: readonly UiNode[]
  readonly action: UiAction | null
  readonly total: number
  readonly info: string
  readonly emptyPages: number
}

export interface Continuation {
  readonly rows: readonly UiNode[]
  readonly total: number
  readonly info: string
  /** More rows may come. */
  readonly more: boolean
  /** This list loads on demand, even when it has reached its end. */
  readonly endless: boolean
  readonly state: 'idle' | 'pending' | 'failed'
  load(): void
}

/** A page without new rows but with a cursor is followed this many times. */
const EMPTY_PAGES = 3

/** The rows of a list with those that were loaded after them (ui 4.2). */
export function useContinuation(node: UiNode, props: UiProps<'List'>): Continuation {
  const { host } = useTree()
  const act = useAct(node.path, 'end_reached')
  const start: Tail = {
    base: props.items,
    rows: [],
    action: props.on_end_reached,
    total: props.total_items,
    info: props.extra_info,
    emptyPages: 0,
  }
  const [kept, setTail] = useState(start)
  const [failed, setFailed] = useState(false)
  const tail = kept.base === props.items ? kept : start
  const fired = useRef({ base: props.items, mark: '' })
  const rows = tail.rows.length === 0 ? props.items : [...props.items, ...tail.rows]
  const last = rows.at(-1)
  const mark = JSON.stringify([last ? rowId(last) : null, tail.action, tail.emptyPages])

  const run = useCallback(
    async (again: boolean) => {
      // After a refresh the same page is wanted once more.
      if (!again && fired.current.base === tail.base && fired.current.mark === mark) return
      fired.current = { base: tail.base, mark }
      setFailed(false)
      const outcome = await act.run(tail.action)
      if (outcome === null) return
      if (!outcome.ok) return setFailed(true)
      const next = outcome.ui === undefined ? null : findList(outcome.ui, node, host)
      setTail(extend(tail, rows, next))
    },
    [act.run, tail, rows, mark, node, host],
  )
  return {
    rows,
    total: tail.total,
    info: tail.info,
    more: tail.action !== null,
    endless: props.on_end_reached !== null,
    state: act.pending ? 'pending' : failed ? 'failed' : 'idle',
    load: () => void run(failed),
  }
}

function extend(tail: Tail, shown: readonly UiNode[], next: UiProps<'List'> | null): Tail {
  if (next === null) return { ...tail, action: null }
  const known = new Set(shown.map(rowId))
  const fresh = next.items.filter((row) => !known.has(rowId(row)))
  const emptyPages = fresh.length > 0 ? 0 : tail.emptyPages + 1
  return {
    base: tail.base,
    rows: [...tail.rows, ...fresh.map(unlike(shown))],
    action: emptyPages > EMPTY_PAGES ? null : next.on_end_reached,
    total: next.total_items,
    info: next.extra_info,
    emptyPages,
  }
}

/** Rows without an id are known by their place, which starts again on every page: they get a place of their own. */
function unlike(shown: readonly UiNode[]): (row: UiNode, index: number) => UiNode {
  const taken = new Set(shown.map((row) => row.resetToken))
  return (row, index) =>
    taken.has(row.resetToken) ? { ...row, resetToken: `${row.resetToken}+${shown.length + index}` } : row
}

function findList(
  wire: unknown,
  node: UiNode,
  host: { readonly publicPaths?: readonly string[] | undefined },
): UiProps<'List'> | null {
  const root = parseUiTree(wire, { publicPaths: host.publicPaths }).node
  if (root === null) return null
  const lists = [...walkNodes(root)].filter((one) => one.type === 'List')
  const found = lists.find((one) => one.path === node.path) ?? (lists.length === 1 ? lists[0] : undefined)
  return found === undefined ? null : (found.props as UiProps<'List'>) // the type was checked
}

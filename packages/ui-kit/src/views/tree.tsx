import type { UiTreeEntry } from '@imperal/contract/ui'
import { useRef, useState } from 'react'
import { type Act, useAct } from '../host/use-act.ts'
import { IconGlyph } from '../icons/icon-glyph.tsx'
import { classes } from '../parts/class-names.ts'
import { InlineError } from '../parts/states.tsx'
import type { ViewProps } from '../tree/view.ts'
import { say } from '../words.ts'

interface Line {
  readonly entry: UiTreeEntry
  readonly depth: number
  readonly open: boolean
  readonly parent: string | null
}

/** The entries that are visible, in drawing order. */
function visibleLines(
  entries: readonly UiTreeEntry[],
  isOpen: (entry: UiTreeEntry, depth: number) => boolean,
  depth = 0,
  parent: string | null = null,
): Line[] {
  return entries.flatMap((entry) => {
    const open = entry.children.length > 0 && isOpen(entry, depth)
    const below = open ? visibleLines(entry.children, isOpen, depth + 1, entry.id) : []
    return [{ entry, depth, open, parent }, ...below]
  })
}

export function TreeView({ node, props }: ViewProps<'Tree'>) {
  const act = useAct(node.path)
  const [toggled, setToggled] = useState<Readonly<Record<string, boolean>>>({})
  const [focused, setFocused] = useState<string | null>(null)
  const root = useRef<HTMLDivElement>(null)
  const lines = visibleLines(props.nodes, (entry, depth) => toggled[entry.id] ?? entry.expanded ?? depth === 0)
  const current = lines.some((line) => line.entry.id === focused) ? focused : (lines[0]?.entry.id ?? null)
  const focus = (id: string | undefined) => {
    if (id === undefined) return
    setFocused(id)
    root.current?.querySelector<HTMLElement>(`[data-entry="${CSS.escape(id)}"]`)?.focus()
  }
  const setOpen = (id: string, open: boolean) => setToggled((now) => ({ ...now, [id]: open }))
  const press = (event: React.KeyboardEvent) => {
    const at = lines.findIndex((line) => line.entry.id === current)
    const line = lines[at]
    if (line === undefined || !treeKey(event, lines, at, { focus, setOpen, choose: () => choose(line, act, setOpen) }))
      return
    event.preventDefault()
  }
  return (
    <div className="im-tree-box">
      <div ref={root} role="tree" aria-label={props.label || say('Tree')} onKeyDown={press}>
        {lines.map((line) => (
          <TreeLine
            key={line.entry.id}
            line={line}
            current={line.entry.id === current}
            busy={act.pending}
            onChoose={() => {
              setFocused(line.entry.id)
              choose(line, act, setOpen)
            }}
          />
        ))}
      </div>
      {act.error ? <InlineError>{act.error.message}</InlineError> : null}
    </div>
  )
}

function choose(line: Line, act: Act, setOpen: (id: string, open: boolean) => void): void {
  if (line.entry.children.length > 0) setOpen(line.entry.id, !line.open)
  else void act.run(line.entry.on_click)
}

interface TreeMoves {
  readonly focus: (id: string | undefined) => void
  readonly setOpen: (id: string, open: boolean) => void
  readonly choose: () => void
}

/** Arrows, Home, End, Enter, Space and first letters; true when the key was used. */
function treeKey(event: React.KeyboardEvent, lines: readonly Line[], at: number, moves: TreeMoves): boolean {
  const line = lines[at]
  if (line === undefined || event.ctrlKey || event.metaKey || event.altKey) return false
  const branch = line.entry.children.length > 0
  switch (event.key) {
    case 'ArrowDown':
      moves.focus(lines[at + 1]?.entry.id)
      return true
    case 'ArrowUp':
      moves.focus(lines[at - 1]?.entry.id)
      return true
    case 'Home':
      moves.focus(lines[0]?.entry.id)
      return true
    case 'End':
      moves.focus(lines.at(-1)?.entry.id)
      return true
    case 'ArrowRight':
      if (branch && !line.open) moves.setOpen(line.entry.id, true)
      else if (branch) moves.focus(lines[at + 1]?.entry.id)
      return true
    case 'ArrowLeft':
      if (line.open) moves.setOpen(line.entry.id, false)
      else if (line.parent !== null) moves.focus(line.parent)
      return true
    case 'Enter':
    case ' ':
      moves.choose()
      return true
    default: {
      if (event.key.length !== 1) return false
      const letter = event.key.toLowerCase()
      const order = [...lines.slice(at + 1), ...lines.slice(0, at)]
      moves.focus(order.find((one) => one.entry.label.toLowerCase().startsWith(letter))?.entry.id)
      return true
    }
  }
}

interface LineProps {
  readonly line: Line
  readonly current: boolean
  readonly busy: boolean
  readonly onChoose: () => void
}

function TreeLine({ line, current, busy, onChoose }: LineProps) {
  const { entry, depth, open } = line
  const branch = entry.children.length > 0
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled by the tree
    <div
      role="treeitem"
      aria-level={depth + 1}
      aria-expanded={branch ? open : undefined}
      aria-busy={busy || undefined}
      tabIndex={current ? 0 : -1}
      data-entry={entry.id}
      className={classes('im-tree-line', (branch || entry.on_click !== null) && 'im-clickable')}
      style={{ paddingInlineStart: `calc(${depth} * 20px + 8px)` }}
      onClick={onChoose}
    >
      {branch ? (
        <IconGlyph name="ChevronRight" size={14} className={classes('im-chevron', open && 'im-open')} />
      ) : (
        <span className="im-tree-gap" />
      )}
      <IconGlyph name={entry.icon || (branch ? (open ? 'FolderOpen' : 'Folder') : 'File')} size={16} />
      <span className="im-truncate">{entry.label}</span>
      {entry.badge === undefined ? null : <span className="im-tree-count">{entry.badge}</span>}
    </div>
  )
}

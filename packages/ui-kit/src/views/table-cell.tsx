import type { JsonValue } from '@imperal/contract'
import type { UiAction, UiNode, UiTableRow } from '@imperal/contract/ui'
import { useRef, useState } from 'react'
import { type Act, useAct } from '../host/use-act.ts'
import { useDeclared } from '../host/use-declared.ts'
import { IconGlyph } from '../icons/icon-glyph.tsx'
import { Switch } from '../parts/switch.tsx'
import { InnerNodes } from '../tree/node-view.tsx'
import { say } from '../words.ts'
import type { Column } from './table.tsx'
import { cellText } from './table-model.ts'

interface TableCellProps {
  readonly node: UiNode
  readonly column: Column
  readonly row: UiTableRow
  readonly align: string
  readonly action: UiAction | null
}

/** One cell; editable when its column says so, the table can tell somebody, and the row has an id (ui 4.14). */
export function TableCell({ node, column, row, align, action }: TableCellProps) {
  const id = row.data.id
  const inner = row.nodes[column.key]
  if (inner !== undefined) {
    return (
      <td data-align={align}>
        <InnerNodes nodes={[inner]} />
      </td>
    )
  }
  const value = row.data[column.key] ?? null
  if (column.editable && action !== null && (typeof id === 'string' || typeof id === 'number')) {
    return <EditableCell node={node} column={column} rowId={id} value={value} align={align} action={action} />
  }
  return <td data-align={align}>{display(value)}</td>
}

function display(value: JsonValue) {
  if (typeof value === 'boolean') {
    return (
      <>
        <IconGlyph name={value ? 'Check' : 'Minus'} size={14} />
        <span className="im-hidden">{value ? say('Yes') : say('No')}</span>
      </>
    )
  }
  return cellText(value)
}

interface EditableProps {
  readonly node: UiNode
  readonly column: Column
  readonly rowId: string | number
  readonly value: JsonValue
  readonly align: string
  readonly action: UiAction
}

function EditableCell({ node, column, rowId, value, align, action }: EditableProps) {
  const act = useAct(node.path, 'cell')
  const [shown, setShown] = useDeclared(value, node.resetToken)
  const [draft, setDraft] = useState<string | null>(null)
  const commit = async (next: JsonValue) => {
    setDraft(null)
    if (cellText(next) === cellText(shown)) return
    const before = shown
    setShown(next)
    const outcome = await act.run(action, { row_id: rowId, column_key: column.key, value: next })
    if (!outcome?.ok) setShown(before)
  }
  if (column.edit_type === 'toggle') {
    return (
      <td data-align={align} aria-busy={act.pending || undefined}>
        <Switch
          className="im-sm"
          checked={shown === true || shown === 'true' || shown === 1}
          disabled={act.pending}
          aria-label={column.label}
          onChecked={(checked) => void commit(checked)}
        />
      </td>
    )
  }
  return (
    <td data-align={align} className="im-cell-edit" data-busy={act.pending || undefined}>
      {draft === null ? (
        <CellButton label={column.label} act={act} onOpen={() => setDraft(cellText(shown))}>
          {cellText(shown)}
        </CellButton>
      ) : (
        <CellEditor
          column={column}
          draft={draft}
          onDraft={setDraft}
          onCommit={(next) => void commit(next)}
          onCancel={() => setDraft(null)}
        />
      )}
    </td>
  )
}

interface CellButtonProps {
  readonly label: string
  readonly act: Act
  readonly onOpen: () => void
  readonly children: string
}

function CellButton({ label, act, onOpen, children }: CellButtonProps) {
  return (
    <button
      type="button"
      className="im-cell-button"
      data-cell-editor
      aria-label={say('Edit {label}: {value}', { label, value: children || say('empty') })}
      aria-busy={act.pending || undefined}
      disabled={act.pending}
      onClick={onOpen}
      onKeyDown={(event) => event.key === 'F2' && onOpen()}
    >
      {children || '\u00a0'}
    </button>
  )
}

interface CellEditorProps {
  readonly column: Column
  readonly draft: string
  readonly onDraft: (draft: string) => void
  readonly onCommit: (value: JsonValue) => void
  readonly onCancel: () => void
}

function CellEditor({ column, draft, onDraft, onCommit, onCancel }: CellEditorProps) {
  // Enter and Tab end the editor, which then loses the focus: that blur must not commit a second time.
  const ended = useRef(false)
  const end = (finish: () => void) => {
    if (ended.current) return
    ended.current = true
    finish()
  }
  const commit = () => {
    const number = Number(draft)
    onCommit(
      column.edit_type === 'number' ? (draft.trim() === '' ? null : Number.isFinite(number) ? number : draft) : draft,
    )
  }
  return (
    <input
      className="im-cell-input"
      name={column.key}
      aria-label={column.label}
      inputMode={column.edit_type === 'number' ? 'decimal' : undefined}
      value={draft}
      ref={(element) => {
        if (element === null || element === document.activeElement) return
        element.focus()
        element.select()
      }}
      onChange={(event) => onDraft(event.target.value)}
      onBlur={() => end(commit)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') end(onCancel)
        else if (event.key === 'Enter') end(commit)
        else if (event.key === 'Tab') {
          const next = nextEditor(event.currentTarget, event.shiftKey)
          if (next !== null) event.preventDefault()
          end(commit)
          next?.click()
        } else return
        event.stopPropagation()
      }}
    />
  )
}

function nextEditor(from: HTMLElement, backwards: boolean): HTMLElement | null {
  const cell = from.closest('td')
  const all = [...(from.closest('table')?.querySelectorAll<HTMLElement>('[data-cell-editor], .im-cell-input') ?? [])]
  const at = all.findIndex((element) => element.closest('td') === cell)
  return all[at + (backwards ? -1 : 1)] ?? null
}

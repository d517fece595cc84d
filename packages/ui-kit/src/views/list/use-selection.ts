import type { UiNode } from '@imperal/contract/ui'
import { useRef } from 'react'
import { useDeclared } from '../../host/use-declared.ts'
import { rowId } from './list-model.ts'

export interface Selection {
  /** Selected ids in the order of the list. */
  readonly ids: readonly string[]
  readonly active: boolean
  has(id: string): boolean
  /** Turns one row; with `range` everything between the last one and it. */
  toggle(id: string, range: boolean): void
  setAll(selected: boolean): void
  clear(): void
}

/** Which rows are ticked. `all` decides what still exists, `shown` what "all" means (ui 4.3). */
export function useSelection(node: UiNode, all: readonly UiNode[], shown: readonly UiNode[]): Selection {
  const [chosen, setChosen] = useDeclared<readonly string[]>([], node.resetToken)
  const anchor = useRef<string | null>(null)
  const order = all.map(rowId)
  const set = new Set(chosen)
  const ids = order.filter((id) => set.has(id))
  return {
    ids,
    active: ids.length > 0,
    has: (id) => set.has(id),
    toggle(id, range) {
      const from = anchor.current === null ? -1 : order.indexOf(anchor.current)
      const to = order.indexOf(id)
      const span = range && from !== -1 ? order.slice(Math.min(from, to), Math.max(from, to) + 1) : [id]
      anchor.current = id
      setChosen(set.has(id) && !range ? ids.filter((one) => one !== id) : [...new Set([...ids, ...span])])
    },
    setAll(selected) {
      const visible = shown.map(rowId)
      setChosen(selected ? [...new Set([...ids, ...visible])] : ids.filter((id) => !visible.includes(id)))
    },
    clear: () => setChosen([]),
  }
}

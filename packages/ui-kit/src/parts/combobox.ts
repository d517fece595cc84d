import { useId, useState } from 'react'

export interface Combobox<T> {
  readonly open: boolean
  readonly active: number
  readonly matches: readonly T[]
  setOpen(open: boolean): void
  setActive(index: number): void
  /** Arrows, Enter and Escape; true when the key was used. */
  onKey(event: React.KeyboardEvent, choose: (match: T) => void): boolean
  readonly input: {
    readonly role: 'combobox'
    readonly 'aria-expanded': boolean
    readonly 'aria-controls': string
    readonly 'aria-autocomplete': 'list'
    readonly 'aria-activedescendant': string | undefined
  }
  readonly listId: string
  optionId(index: number): string
}

/** The list that opens below a text field, after the combobox pattern: the focus stays in the field. */
export function useCombobox<T>(matches: readonly T[]): Combobox<T> {
  const listId = useId()
  const [open, setOpen] = useState(false)
  const [active, setActive] = useState(-1)
  const current = active < matches.length ? active : -1
  const shown = open && matches.length > 0
  const optionId = (index: number) => `${listId}-${index}`
  const onKey: Combobox<T>['onKey'] = (event, choose) => {
    const last = matches.length - 1
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      setOpen(true)
      const next = event.key === 'ArrowDown' ? current + 1 : current - 1
      setActive(next > last ? 0 : next < 0 ? last : next)
      return true
    }
    if (event.key === 'Escape' && shown) {
      event.stopPropagation()
      setOpen(false)
      return true
    }
    const match = event.key === 'Enter' && shown && current >= 0 ? matches[current] : undefined
    if (match === undefined) return false
    event.preventDefault()
    choose(match)
    return true
  }
  return {
    open: shown,
    active: current,
    matches,
    setOpen,
    setActive,
    onKey,
    listId,
    optionId,
    input: {
      role: 'combobox',
      'aria-expanded': shown,
      'aria-controls': listId,
      'aria-autocomplete': 'list',
      'aria-activedescendant': shown && current >= 0 ? optionId(current) : undefined,
    },
  }
}

/** Text without case and accents, for searching. */
export function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}

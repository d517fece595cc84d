import { type KeyboardEvent, type PointerEvent, type ReactElement, useId, useRef, useState } from 'react'
import { anchored } from './anchor.ts'
import { useLayers } from './layers.ts'

export type MenuEntry =
  | {
      readonly key: string
      readonly label: string
      readonly icon?: string
      readonly danger?: boolean
      readonly disabled?: boolean
      readonly onSelect: () => void
    }
  | { readonly key: string; readonly separator: true }

export interface MenuProps {
  readonly items: readonly MenuEntry[]
  readonly children: ReactElement
  readonly align?: 'start' | 'end'
  readonly side?: 'top' | 'right' | 'bottom' | 'left'
  readonly container?: HTMLElement | null | undefined
}

const OPENING = new Set(['Enter', ' ', 'ArrowDown'])

/** A list of actions that opens below `children`, which must be one button. */
export function Menu({ items, children, align = 'end', side = 'bottom', container }: MenuProps) {
  const anchor = useRef<HTMLElement>(null)
  const id = useId()
  const [opened, setOpened] = useState<'no' | 'pointer' | 'keys'>('no')
  const open = opened !== 'no'
  const layers = useLayers(open, () => setOpened('no'), anchor)
  const child = children.props as { readonly id?: string; readonly disabled?: boolean } // of the button that it must be
  const labelledBy = child.id ?? `${id}-button`
  const trigger = anchored(children, anchor, {
    id: labelledBy,
    'aria-haspopup': 'menu',
    'aria-expanded': open,
    'aria-controls': open && layers ? id : undefined,
    'data-state': open ? 'open' : 'closed',
    onPointerDown: (event: PointerEvent) => {
      if (child.disabled || event.button !== 0 || event.ctrlKey) return
      setOpened(open && layers ? 'no' : 'pointer') // pressed twice because nothing came at once, it still opens
      // Else the press would take the focus from the menu that opens.
      if (!open) event.preventDefault()
    },
    onKeyDown: (event: KeyboardEvent) => {
      if (child.disabled || !OPENING.has(event.key)) return
      setOpened(open && layers && event.key !== 'ArrowDown' ? 'no' : 'keys')
      event.preventDefault()
    },
  })
  return (
    <>
      {trigger}
      {layers ? (
        <layers.MenuLayer
          {...{ anchor, id, labelledBy, items, align, side, container, open }}
          byKeys={opened === 'keys'}
          onClose={() => setOpened('no')}
        />
      ) : null}
    </>
  )
}

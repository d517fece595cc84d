import { type ReactElement, type ReactNode, useId, useRef, useState } from 'react'
import { anchored } from './anchor.ts'
import { useLayers } from './layers.ts'

export interface PopoverProps {
  readonly label: string
  /** One button. */
  readonly trigger: ReactElement
  readonly children: ReactNode
  readonly className?: string
  /** Controlled when given. */
  readonly open?: boolean
  readonly onOpenChange?: (open: boolean) => void
  readonly container?: HTMLElement | null | undefined
}

/** A small dialog below its button that leaves the rest of the page in reach. */
export function Popover({ label, trigger, children, className, open, onOpenChange, container }: PopoverProps) {
  const anchor = useRef<HTMLElement>(null)
  const id = useId()
  const [own, setOwn] = useState(false)
  const isOpen = open ?? own
  const change = (next: boolean) => {
    setOwn(next)
    onOpenChange?.(next)
  }
  const layers = useLayers(isOpen, () => change(false), anchor)
  return (
    <>
      {anchored(trigger, anchor, {
        'aria-haspopup': 'dialog',
        'aria-expanded': isOpen,
        'aria-controls': isOpen && layers ? id : undefined,
        'data-state': isOpen ? 'open' : 'closed',
        // Pressed twice because nothing came at once, it still opens.
        onClick: () => (isOpen && layers === null ? undefined : change(!isOpen)),
      })}
      {layers ? (
        <layers.PopoverLayer
          {...{ anchor, id, label, container }}
          className={className ?? 'im-popover'}
          open={isOpen}
          onOpenChange={change}
        >
          {children}
        </layers.PopoverLayer>
      ) : null}
    </>
  )
}

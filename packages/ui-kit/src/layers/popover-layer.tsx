import { Popover } from 'radix-ui'
import { type ReactNode, type RefObject, useRef } from 'react'

export interface PopoverLayerProps {
  readonly anchor: RefObject<HTMLElement | null>
  readonly id: string
  readonly label: string
  readonly className: string
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly container?: HTMLElement | null | undefined
  readonly children: ReactNode
}

/** What opens below the button of a popover. */
export function PopoverLayer(props: PopoverLayerProps) {
  const { anchor, id, label, className, open, onOpenChange, container, children } = props
  const left = useRef(false)
  return (
    <Popover.Root open={open} onOpenChange={onOpenChange}>
      <Popover.Anchor virtualRef={anchor as RefObject<HTMLElement>} />
      <Popover.Portal container={container ?? undefined}>
        <Popover.Content
          id={id}
          className={className}
          aria-label={label}
          align="end"
          sideOffset={6}
          collisionPadding={8}
          onInteractOutside={(event) => {
            // The button opens and closes by itself.
            if (anchor.current?.contains(event.target as Node)) event.preventDefault()
            else left.current = true
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault()
            if (!left.current) anchor.current?.focus()
            left.current = false
          }}
        >
          {children}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}

import { Popover as Radix } from 'radix-ui'
import type { ReactElement, ReactNode } from 'react'

export interface PopoverProps {
  readonly label: string
  readonly trigger: ReactElement
  readonly children: ReactNode
  readonly open?: boolean
  readonly onOpenChange?: (open: boolean) => void
}

/** A panel below a button of the bar. */
export function Popover({ label, trigger, children, open, onOpenChange }: PopoverProps) {
  const control = open === undefined ? {} : { open }
  return (
    <Radix.Root {...control} {...(onOpenChange ? { onOpenChange } : {})}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className="popover" aria-label={label} align="end" sideOffset={6} collisionPadding={8}>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

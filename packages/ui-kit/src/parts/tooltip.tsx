import { Tooltip as Radix } from 'radix-ui'
import type { ReactElement } from 'react'

export interface TooltipProps {
  readonly content: string
  readonly children: ReactElement
  readonly side?: 'top' | 'right' | 'bottom' | 'left'
  /** Milliseconds before it opens on hover; focus opens it at once. */
  readonly delay?: number
}

/** A short explanation on hover and focus. */
export function Tooltip({ content, children, side = 'top', delay = 250 }: TooltipProps) {
  if (content === '') return children
  return (
    <Radix.Provider delayDuration={delay}>
      <Radix.Root>
        <Radix.Trigger asChild>{children}</Radix.Trigger>
        <Radix.Portal>
          <Radix.Content className="im-tooltip" side={side} sideOffset={6} collisionPadding={8}>
            {content}
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
    </Radix.Provider>
  )
}

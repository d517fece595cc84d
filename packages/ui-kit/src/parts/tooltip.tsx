import { type ReactElement, useEffect, useId, useRef } from 'react'
import { anchored } from './anchor.ts'
import { useHint } from './use-hint.ts'

export interface TooltipProps {
  readonly content: string
  readonly children: ReactElement
  readonly side?: 'top' | 'right' | 'bottom' | 'left'
  /** Milliseconds before it opens on hover; focus opens it at once. */
  readonly delay?: number
  readonly container?: HTMLElement | null | undefined
  /** Told when it has come to stand beside `children`, and when it is gone. */
  readonly onOpenChange?: (open: boolean) => void
}

/** A short explanation on hover and focus. */
export function Tooltip({ content, children, side = 'top', delay = 250, container, onOpenChange }: TooltipProps) {
  const anchor = useRef<HTMLElement>(null)
  const id = useId()
  const { open, layers, events, hold, close } = useHint(delay)
  const stands = open && layers !== null
  useEffect(() => onOpenChange?.(stands), [onOpenChange, stands])
  if (content === '') return children
  return (
    <>
      {anchored(children, anchor, { ...events, 'aria-describedby': stands ? id : undefined })}
      {layers && open ? <layers.HintLayer {...{ anchor, id, side, content, container, hold, close }} /> : null}
    </>
  )
}

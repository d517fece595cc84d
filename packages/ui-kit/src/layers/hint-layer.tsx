import { Popper } from 'radix-ui/internal'
import { type RefObject, useEffect } from 'react'
import { createPortal } from 'react-dom'

export interface HintLayerProps {
  readonly anchor: RefObject<HTMLElement | null>
  readonly id: string
  readonly side: 'top' | 'right' | 'bottom' | 'left'
  readonly content: string
  readonly container?: HTMLElement | null | undefined
  readonly hold: (held: boolean) => void
  readonly close: () => void
}

/** The hint of a control, beside it. */
export function HintLayer({ anchor, id, side, content, container, hold, close }: HintLayerProps) {
  useEffect(() => {
    // What scrolls under the pointer is another thing than the one that is explained.
    const onScroll = ({ target }: Event) => target instanceof Node && target.contains(anchor.current) && close()
    window.addEventListener('scroll', onScroll, { capture: true, passive: true })
    return () => window.removeEventListener('scroll', onScroll, { capture: true })
  }, [anchor, close])
  return (
    <Popper.Root>
      <Popper.Anchor virtualRef={anchor as RefObject<HTMLElement>} />
      {createPortal(
        <Popper.Content className="im-tooltip" side={side} sideOffset={6} collisionPadding={8}>
          <div id={id} role="tooltip" onPointerEnter={() => hold(true)} onPointerLeave={() => hold(false)}>
            {content}
          </div>
        </Popper.Content>,
        container ?? document.body,
      )}
    </Popper.Root>
  )
}

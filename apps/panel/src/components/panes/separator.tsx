import { type KeyboardEvent, type PointerEvent, useRef } from 'react'
import { DIRECTION } from '../../i18n/index.ts'

export interface SeparatorProps {
  readonly label: string
  /** The side of the separator on which the pane lies. */
  readonly side: 'left' | 'right'
  readonly width: number
  readonly min: number
  readonly max: number
  /** Called with the wished width in pixels, null for the app's own. */
  readonly onWidth: (width: number | null) => void
}

const STEP = 16

/** The edge between two columns: dragged, moved by arrows, reset by a double click. */
export function Separator({ label, side, width, min, max, onWidth }: SeparatorProps) {
  const start = useRef<{ x: number; width: number } | null>(null)
  const clamp = (wish: number) => onWidth(Math.min(max, Math.max(min, wish)))
  // Where text runs from right to left, the columns stand the other way round as well.
  const towards = (side === 'left') === (DIRECTION === 'ltr') ? 1 : -1
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Readonly<Record<string, number>> = { ArrowRight: STEP * towards, ArrowLeft: -STEP * towards }
    const step = steps[event.key]
    if (step !== undefined) clamp(width + step)
    else if (event.key === 'Home') clamp(min)
    else if (event.key === 'End') clamp(max)
    else if (event.key === 'Enter') onWidth(null)
    else return
    event.preventDefault()
  }
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    start.current = { x: event.clientX, width }
    event.currentTarget.setPointerCapture(event.pointerId)
    event.currentTarget.dataset.dragging = 'true'
  }
  const onPointerMove = (event: PointerEvent) => {
    if (start.current) clamp(start.current.width + (event.clientX - start.current.x) * towards)
  }
  const onPointerUp = (event: PointerEvent<HTMLElement>) => {
    start.current = null
    delete event.currentTarget.dataset.dragging
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: an hr cannot take the focus and move
    <div
      role="separator"
      tabIndex={0}
      className="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={Math.round(width)}
      aria-valuemin={min}
      aria-valuemax={Math.round(max)}
      onKeyDown={onKeyDown}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={onPointerUp}
      onDoubleClick={() => onWidth(null)}
    />
  )
}

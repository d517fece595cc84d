import { type FocusEvent, type PointerEvent, useCallback, useEffect, useRef, useState } from 'react'
import { useLayers } from './layers.ts'

/** Milliseconds in which the pointer may travel from a control to its hint. */
const TRAVEL_MS = 120

/**
 * When a hint is open: after the pointer has rested for `delay` milliseconds, or as soon as the keyboard comes. It stays
 * while the pointer is on it, and goes with Escape and with a press (WCAG 1.4.13).
 */
export function useHint(delay: number) {
  const [open, setOpen] = useState(false)
  const [near, setNear] = useState(false)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const later = useCallback((next: boolean, ms: number) => {
    clearTimeout(timer.current)
    timer.current = setTimeout(() => setOpen(next), ms)
  }, [])
  const close = useCallback(() => {
    clearTimeout(timer.current)
    setOpen(false)
  }, [])
  const layers = useLayers(near, () => {
    setNear(false)
    close()
  })
  useEffect(() => () => clearTimeout(timer.current), [])
  useEffect(() => {
    if (!open) return
    const onKey = (event: KeyboardEvent) => event.key === 'Escape' && close()
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [open, close])
  return {
    open,
    layers,
    close,
    /** Keeps it open, or lets go of it again. */
    hold: (held: boolean) => later(held, held ? 0 : TRAVEL_MS),
    events: {
      onPointerEnter: (event: PointerEvent) => {
        if (event.pointerType === 'touch') return
        setNear(true)
        later(true, delay)
      },
      onPointerLeave: () => later(false, open ? TRAVEL_MS : 0),
      onPointerDown: close,
      onFocus: (event: FocusEvent) => {
        if (!event.target.matches(':focus-visible')) return
        setNear(true)
        setOpen(true)
      },
      onBlur: close,
    },
  }
}

import { useEffect } from 'react'
import { openPalette } from '../data/palette.ts'

/** Moves the focus to the next pane on the screen, or to the one before. */
function cyclePanes(by: 1 | -1): void {
  const panes = [...document.querySelectorAll<HTMLElement>('[data-pane]')].filter(
    (pane) => pane.getClientRects().length > 0,
  )
  const at = panes.findIndex((pane) => pane.contains(document.activeElement))
  const next = panes[(at + by + panes.length) % panes.length]
  const target = next?.querySelector<HTMLElement>('[data-pane-title], #composer') ?? next
  target?.focus()
}

/** Keys that work everywhere: the palette, and F6 from pane to pane. */
export function useShellKeys(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && !event.altKey && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        openPalette()
      } else if (event.key === 'F6') {
        event.preventDefault()
        cyclePanes(event.shiftKey ? -1 : 1)
      }
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
}

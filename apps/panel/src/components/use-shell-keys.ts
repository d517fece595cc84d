import { useEffect } from 'react'
import { useApps } from '../data/apps.ts'
import { openPalette } from '../data/palette.ts'

/** Moves the focus to the next pane on the screen, or to the one before. */
function cyclePanes(by: 1 | -1): void {
  const panes = [...document.querySelectorAll<HTMLElement>('[data-pane]')].filter(
    (pane) => pane.getClientRects().length > 0,
  )
  const at = panes.findIndex((pane) => pane.contains(document.activeElement))
  // From outside of them, backwards leads to the last one.
  const next = at === -1 && by === -1 ? panes.at(-1) : panes[(at + by + panes.length) % panes.length]
  const target = next?.querySelector<HTMLElement>('[data-pane-title], #composer') ?? next
  target?.focus()
}

/** Runs the command of an app that has these keys (ui 5.11); not while a dialog asks for something. */
function runCommandOf(event: KeyboardEvent): void {
  if (document.querySelector('[role="dialog"][data-state="open"], [role="alertdialog"]') !== null) return
  const found = commands?.commandOf(event)
  if (commands === null || found === undefined) return
  event.preventDefault()
  void commands.runContribution(found.app, found.command.handler)
}

type Commands = typeof import('../data/contributions.ts')
// No part of the first load: it comes where an app has keys.
let commands: Commands | null = null

/** Keys that work everywhere: the palette, F6 from pane to pane, and those of the apps' commands. */
export function useShellKeys(): void {
  const hasKeys = useApps().some((app) => app.ui.commands.some((command) => command.shortcut !== ''))
  useEffect(() => {
    if (!hasKeys) return
    import('../data/contributions.ts').then(
      (loaded) => {
        commands = loaded
      },
      () => undefined, // offline or redeployed: the palette runs the commands all the same
    )
  }, [hasKeys])
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && !event.altKey && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        openPalette()
      } else if (event.key === 'F6') {
        event.preventDefault()
        cyclePanes(event.shiftKey ? -1 : 1)
      } else if (!event.defaultPrevented && (event.ctrlKey || event.metaKey || event.altKey)) runCommandOf(event)
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
}

/** So long a finger rests on a row before it picks it up, in milliseconds (ui 4.7). */
const LONG_PRESS_MS = 350
/** So far it may move meanwhile, in pixels; more is scrolling. */
const SLACK = 8

export interface TouchDrag {
  readonly onPick: () => void
  readonly onMove: (x: number, y: number) => void
  /** `true` when the finger left the glass, `false` when the system took it away. */
  readonly onEnd: (dropped: boolean) => void
}

/** Follows one finger from the moment it touches `element`. Nothing is called unless it rests there first. */
export function followTouch(element: HTMLElement, start: { readonly x: number; readonly y: number }, drag: TouchDrag) {
  let picked = false
  const leave = new AbortController()
  const timer = setTimeout(() => {
    picked = true
    drag.onPick()
  }, LONG_PRESS_MS)
  const finish = (dropped: boolean) => {
    clearTimeout(timer)
    leave.abort()
    if (picked) drag.onEnd(dropped)
  }
  const on = (name: string, listen: (event: TouchEvent) => void) =>
    element.addEventListener(name as 'touchmove', listen, { signal: leave.signal, passive: false })
  on('touchmove', (event) => {
    const { clientX: x = start.x, clientY: y = start.y } = event.touches[0] ?? {}
    if (picked) {
      event.preventDefault() // or the page scrolls under the row
      drag.onMove(x, y)
    } else if (Math.hypot(x - start.x, y - start.y) > SLACK) finish(false)
  })
  on('touchend', (event) => {
    if (picked) event.preventDefault() // or the row is clicked as well
    finish(true)
  })
  on('touchcancel', () => finish(false))
  on('contextmenu', (event) => event.preventDefault())
}

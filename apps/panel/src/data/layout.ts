import { createStore } from './store.ts'

/** What a person arranged in this browser: widths by panel, folded sides by app, the order of the rail. */
export interface Layout {
  readonly widths: Readonly<Record<string, number>>
  readonly folded: Readonly<Record<string, boolean>>
  readonly rail: readonly string[]
}

const NONE: Layout = { widths: {}, folded: {}, rail: [] }
let key = ''
export const layout = createStore<Layout>(NONE)

/** Reads the arrangement of one person. */
export function readLayout(userId: string): void {
  key = `imperal.layout.${userId}`
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? 'null')
    layout.set(stored !== null && typeof stored === 'object' ? { ...NONE, ...stored } : NONE)
  } catch {
    // Written by another version or by hand: the defaults hold.
    layout.set(NONE)
  }
}

function change(next: (now: Layout) => Layout): void {
  layout.set(next)
  try {
    localStorage.setItem(key, JSON.stringify(layout.get()))
  } catch {
    // Storage is full or closed; the arrangement holds until the page is left.
  }
}

/** Keeps a width in pixels; null goes back to the app's own. */
export function keepWidth(panel: string, width: number | null): void {
  change((now) => {
    const { [panel]: _old, ...rest } = now.widths
    return { ...now, widths: width === null ? rest : { ...rest, [panel]: Math.round(width) } }
  })
}

export const foldSide = (side: string, folded: boolean): void =>
  change((now) => ({ ...now, folded: { ...now.folded, [side]: folded } }))

export const orderRail = (appIds: readonly string[]): void => change((now) => ({ ...now, rail: appIds }))

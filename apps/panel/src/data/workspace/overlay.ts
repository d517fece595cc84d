import type { App } from '../apps.ts'
import { createStore } from '../store.ts'

/** The overlay of an app over the shell; one at a time (ui 6.4). `opening` opens the same tree anew. */
export interface Overlay {
  readonly app: App
  readonly tree: unknown
  readonly opening: number
}

export const overlay = createStore<Overlay | null>(null)

export function showOverlay(app: App, tree: unknown): void {
  overlay.set((before) => ({ app, tree, opening: (before?.opening ?? 0) + 1 }))
}

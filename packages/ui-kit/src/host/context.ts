import type { UiConfirmation } from '@imperal/contract/ui'
import { createContext, use, useState } from 'react'
import type { UiHost } from './ui-host.ts'

/** What every view of one tree shares. */
export interface TreeScope {
  readonly host: UiHost
  readonly editKey: string
  readonly openKey: string
  readonly headingOffset: number
  readonly confirm: (request: UiConfirmation) => Promise<boolean>
}

export const TreeContext = createContext<TreeScope | null>(null)

/** The scope of the enclosing tree. Views are only drawn inside one. */
export function useTree(): TreeScope {
  const scope = use(TreeContext)
  if (scope === null) throw new Error('A view was drawn outside of UiTree.')
  return scope
}

/** Whether a node stands at the edge of a pane, or inside something that already has its own padding (ui 4.10). */
export type Level = 'pane' | 'inner'
export const LevelContext = createContext<Level>('inner')

/** The path of a node that must become visible, such as a field with an error in a closed tab. */
export const RevealContext = createContext<string | null>(null)

/** Runs `open` while drawing, once for each path that must become visible and lies below one of `prefixes`. */
export function useReveal(prefixes: readonly string[], open: (index: number) => void): void {
  const path = use(RevealContext)
  const [seen, setSeen] = useState<string | null>(null)
  if (path === seen) return
  setSeen(path)
  const index = path === null ? -1 : prefixes.findIndex((prefix) => path.startsWith(`${prefix}/`))
  if (index !== -1) open(index)
}

/** A row that takes other rows of the same app. */
export interface DropTarget {
  readonly id: string
  readonly title: string
  readonly drop: (draggedId: string) => void
  /** Shows that it would take what is dragged, or no longer. */
  readonly mark: (over: boolean) => void
  /** Whether a place of the page lies in it. */
  readonly covers: (element: Element | null) => boolean
}

const byApp = new Map<string, Map<string, DropTarget>>()

/** Makes a row reachable from every list of its app that is on screen; the answer takes it out again. */
export function registerDropTarget(appId: string, key: string, target: DropTarget): () => void {
  const targets = byApp.get(appId) ?? new Map<string, DropTarget>()
  byApp.set(appId, targets)
  targets.set(key, target)
  return () => {
    if (targets.get(key) === target) targets.delete(key)
  }
}

/** Where a row of this app can be moved to, without itself. */
export function dropTargets(appId: string, draggedId: string): readonly DropTarget[] {
  return [...(byApp.get(appId)?.values() ?? [])].filter((target) => target.id !== draggedId)
}

/** The data type of a dragged row: bound to the app, so that nothing can be dropped into another one. */
export function dragType(appId: string): string {
  return `application/x-imperal-${appId.toLowerCase().replace(/[^a-z0-9-]/g, '-')}`
}

import { createStore } from '../store.ts'
import { appView, workspace } from './workspace.ts'

const edited = new Set<string>()
const keyOf = (appId: string, panelId: string) => `${appId}/${panelId}`

/** Says whether a form of a panel holds what nobody has sent. */
export function setUnsaved(appId: string, panelId: string, isUnsaved: boolean): void {
  if (isUnsaved) edited.add(keyOf(appId, panelId))
  else edited.delete(keyOf(appId, panelId))
}

export const isUnsaved = (appId: string, panelId: string): boolean => edited.has(keyOf(appId, panelId))
export const clearUnsaved = (): void => edited.clear()

const center = (): string | null => {
  const { current } = workspace.get()
  const panelId = current === null ? null : (appView(current)?.center ?? null)
  return current === null || panelId === null ? null : keyOf(current, panelId)
}

/** Whether leaving the center panel would lose something. */
export function isCenterUnsaved(): boolean {
  const key = center()
  return key !== null && edited.has(key)
}

/** The open question whether to leave without saving. */
export const leaving = createStore<{ readonly resolve: (leave: boolean) => void } | null>(null)

/** Asks when something would be lost; true when the center panel may go. */
export async function mayLeaveCenter(): Promise<boolean> {
  const key = center()
  if (key === null || !edited.has(key)) return true
  leaving.get()?.resolve(false)
  const leave = await new Promise<boolean>((resolve) => leaving.set({ resolve }))
  leaving.set(null)
  if (leave) edited.delete(key)
  return leave
}

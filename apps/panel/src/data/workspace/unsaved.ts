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
export function clearUnsaved(): void {
  edited.clear()
  page = null
}

/** What would be lost with the page that is shown, in words; null: nothing. */
let page: string | null = null

/** Says what leaving the page would lose. */
export function setPageUnsaved(lost: string | null): void {
  page = lost
}

const center = (): string | null => {
  const { current } = workspace.get()
  const panelId = current === null ? null : (appView(current)?.center ?? null)
  return current === null || panelId === null ? null : keyOf(current, panelId)
}

function isCenterUnsaved(): boolean {
  const key = center()
  return key !== null && edited.has(key)
}

/** Whether leaving the center panel or the page would lose something. */
export const isAnythingUnsaved = (): boolean => page !== null || isCenterUnsaved()

interface Question {
  /** What would be lost; null: a form of the center panel. */
  readonly lost: string | null
  readonly resolve: (leave: boolean) => void
}

/** The open question whether to leave without saving. */
export const leaving = createStore<Question | null>(null)

async function ask(lost: string | null): Promise<boolean> {
  leaving.get()?.resolve(false)
  const leave = await new Promise<boolean>((resolve) => leaving.set({ lost, resolve }))
  leaving.set(null)
  return leave
}

/** Asks when something would be lost; true when the center panel may go. */
export async function mayLeaveCenter(): Promise<boolean> {
  const key = center()
  if (key === null || !edited.has(key)) return true
  const leave = await ask(null)
  if (leave) edited.delete(key)
  return leave
}

/** Asks when something would be lost; true when what is shown may go, be it a page or a center panel. */
export async function mayLeave(): Promise<boolean> {
  if (page === null) return mayLeaveCenter()
  const leave = await ask(page)
  if (leave) page = null
  return leave
}

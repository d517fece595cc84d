import { toneOf, type UiTone } from '@imperal/contract/ui/tone'
import { type App, currentApps } from './apps.ts'
import { sendBatch } from './send-call.ts'
import { createStore } from './store.ts'

export type TrayZone = 'status' | 'actions' | 'system'

/** One icon of an app in the top bar, with the last tree that its function gave. */
export interface TrayItem {
  readonly appId: string
  readonly trayId: string
  readonly icon: string
  readonly tooltip: string
  readonly zone: TrayZone
  readonly order: number
  readonly tree: unknown
  /** The last reading failed: what is shown is older. */
  readonly dim: boolean
}

export interface TrayCounter {
  readonly text: string
  readonly tone: UiTone
}

export const trayItems = createStore<readonly TrayItem[]>([])
const EVERY_MS = 60_000
const SOON_MS = 1_000
const ZONES: readonly TrayZone[] = ['status', 'actions', 'system']

function declared(app: App): TrayItem[] {
  return app.tray.flatMap((raw) => {
    const trayId = typeof raw.tray_id === 'string' ? raw.tray_id : ''
    if (trayId === '' || app.isDisabled || !app.hasAccess) return []
    const zone = ZONES.find((one) => one === raw.zone) ?? 'status'
    return [
      {
        appId: app.appId,
        trayId,
        icon: typeof raw.icon === 'string' ? raw.icon : 'Circle',
        tooltip: typeof raw.tooltip === 'string' && raw.tooltip !== '' ? raw.tooltip : trayId,
        zone,
        order: typeof raw.order === 'number' ? raw.order : 100,
        tree: undefined,
        dim: false,
      },
    ]
  })
}

const inOrder = (a: TrayItem, b: TrayItem) =>
  ZONES.indexOf(a.zone) - ZONES.indexOf(b.zone) || a.order - b.order || a.trayId.localeCompare(b.trayId)
const isSame = (a: TrayItem, b: TrayItem) => a.appId === b.appId && a.trayId === b.trayId

/** Takes over what the installed apps declare; trees that were read stay. */
export function declareTray(apps: readonly App[]): void {
  trayItems.set((before) =>
    apps
      .flatMap(declared)
      .sort(inOrder)
      .map((item) => {
        const known = before.find((one) => isSame(one, item))
        return known ? { ...item, tree: known.tree, dim: known.dim } : item
      }),
  )
}

/** Reads the tray of one app in one request. A failure keeps the last state and dims it; it is tried again later. */
export async function readTray(appId: string): Promise<void> {
  const mine = trayItems.get().filter((item) => item.appId === appId)
  if (mine.length === 0) return
  const answers = await sendBatch(
    appId,
    mine.map((item) => ({ function: `__tray__${item.trayId}`, params: {} })),
  ).catch(() => null)
  trayItems.set((all) =>
    all.map((item) => {
      const at = mine.findIndex((one) => isSame(one, item))
      if (at === -1) return item
      const answer = answers?.[at]
      return answer?.status === 'success' ? { ...item, tree: answer.ui, dim: false } : { ...item, dim: true }
    }),
  )
}

const soon = new Map<string, ReturnType<typeof setTimeout>>()

/** Reads the tray of an app after things happened in it; several within a second are one reading. */
export function readTraySoon(appId: string): void {
  if (soon.has(appId) || !trayItems.get().some((item) => item.appId === appId)) return
  soon.set(
    appId,
    setTimeout(() => {
      soon.delete(appId)
      void readTray(appId)
    }, SOON_MS),
  )
}

/** Reads the trays of all apps now and every minute while the tab is in front. Returns the way to stop. */
export function followTrays(): () => void {
  const readAll = () => {
    if (document.visibilityState !== 'visible') return
    for (const app of currentApps()) void readTray(app.appId)
  }
  readAll()
  const timer = setInterval(readAll, EVERY_MS)
  return () => clearInterval(timer)
}

interface Wire {
  readonly type?: unknown
  readonly props?: Readonly<Record<string, unknown>>
}
const wireOf = (value: unknown): Wire => (value !== null && typeof value === 'object' ? (value as Wire) : {})
const isBadge = (value: unknown): boolean => wireOf(value).type === 'Badge'

function badgeOf(tree: unknown): unknown {
  const { type, props } = wireOf(tree)
  if (type === 'Badge') return tree
  if (type === 'TrayResponse') return [props?.badge].flat().find(isBadge)
  return type === 'Stack' && Array.isArray(props?.children) ? props.children.find(isBadge) : undefined
}

/** The number beside a tray icon: null for nothing, at most "99+" (ui 5.8). */
export function counterOf(tree: unknown): TrayCounter | null {
  const badge = wireOf(badgeOf(tree))
  const text = String(badge.props?.value ?? badge.props?.label ?? '').trim()
  if (text === '' || Number(text) === 0) return null
  return { text: Number(text) > 99 ? '99+' : text.slice(0, 12), tone: toneOf(String(badge.props?.color ?? '')) }
}

/** The wire tree of the dropdown, null where there is only a count. */
export function dropdownOf(tree: unknown): unknown {
  const { type, props } = wireOf(tree)
  if (type === undefined || type === 'Badge') return null
  if (type === 'TrayResponse') return props?.panel ?? null
  if (type !== 'Stack' || !Array.isArray(props?.children)) return tree
  const badge = props.children.findIndex(isBadge)
  const children = props.children.filter((_child, index) => index !== badge)
  return children.length === 0 ? null : { ...wireOf(tree), props: { ...props, children } }
}

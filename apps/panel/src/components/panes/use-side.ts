import { type App, findPanel, SECRETS_PANEL } from '../../data/apps.ts'
import { keepWidth, layout } from '../../data/layout.ts'
import { useStore } from '../../data/store.ts'
import { type AppView, panelsOfSide, type Side } from '../../data/workspace/workspace.ts'
import { t } from '../../i18n/index.ts'
import { useWindowWidth } from './use-window-width.ts'

const LEFT_WIDTH = 280
const RIGHT_SHARE = 0.22
const MOST_SHARE = 0.4

/** How a side stands: its width and bounds in pixels, whether it is there, and whether it can be opened. */
export interface SideState {
  readonly present: boolean
  readonly shown: boolean
  readonly width: number
  readonly min: number
  readonly max: number
  readonly label: string
  /** It holds the secrets of the app and nothing else. */
  readonly isSecrets: boolean
  setWidth(width: number | null): void
}

const NO_SIDE: SideState = {
  present: false,
  shown: false,
  width: 0,
  min: 0,
  max: 0,
  label: '',
  isSecrets: false,
  setWidth: () => undefined,
}

/** The state of one side of the current app, with what the person arranged (ui 5.2). */
export function useSide(app: App | undefined, view: AppView | undefined, side: Side): SideState {
  const arranged = useStore(layout)
  const windowWidth = useWindowWidth()
  const active = view?.active[side] ?? null
  const spec = app && active !== null ? findPanel(app, active) : undefined
  if (!app || !view || !spec) return NO_SIDE
  const key = `${app.appId}/${spec.panelId}`
  const own = spec.width ?? (side === 'left' ? LEFT_WIDTH : windowWidth * RIGHT_SHARE)
  const min = spec.minWidth
  const max = Math.max(min, Math.min(spec.maxWidth, windowWidth * MOST_SHARE))
  const width = Math.min(max, Math.max(min, arranged.widths[key] ?? own))
  // A side with nothing but secrets rests until somebody wants to see them.
  const isSecrets = spec.panelId === SECRETS_PANEL && panelsOfSide(app, side).includes(spec)
  const folded = arranged.folded[`${app.appId}/${side}`] ?? isSecrets
  const unclaimed = view.unclaimed[side]
  return {
    // A side that holds nothing but unused secrets is no side.
    present: !(unclaimed && isSecrets),
    isSecrets,
    shown: !folded && !unclaimed,
    width: Math.round(width),
    min,
    max: Math.round(max),
    label:
      side === 'left'
        ? t('Resize the left panel of {name}', { name: app.name })
        : t('Resize the right panel of {name}', { name: app.name }),
    setWidth: (next) => keepWidth(key, next),
  }
}

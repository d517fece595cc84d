import { useLocation } from '@tanstack/react-router'
import { findPanel, useApps } from '../data/apps.ts'

/** Where the person is: a place of the workspace, or a page of the host. */
export interface Place {
  readonly kind: 'workspace' | 'page'
  readonly path: string
  readonly appId: string | null
  readonly panelId: string | null
  readonly search: Readonly<Record<string, unknown>>
  readonly state: unknown
  /** Changes with every step of the history. */
  readonly key: string
}

/**
 * The part of the address that an app's path is made of. `hasPanel` says whether an app has a panel of a name: one that is
 * called settings keeps its address, on which otherwise the page of the app's settings stands (ui 5.11).
 */
export function readPath(
  path: string,
  hasPanel: (appId: string, panelId: string) => boolean = () => false,
): Pick<Place, 'kind' | 'appId' | 'panelId'> {
  if (path === '/' || path === '/assistant') return { kind: 'workspace', appId: null, panelId: null }
  const [, root, appId, panelId, more] = path.replace(/\/+$/, '').split('/')
  if (root !== 'ext' || !appId || more !== undefined) return { kind: 'page', appId: null, panelId: null }
  if (panelId === 'secrets' || (panelId === 'settings' && !hasPanel(decodeURIComponent(appId), panelId)))
    return { kind: 'page', appId: decodeURIComponent(appId), panelId: null }
  return {
    kind: 'workspace',
    appId: decodeURIComponent(appId),
    panelId: panelId ? decodeURIComponent(panelId) : null,
  }
}

export function usePlace(): Place {
  const location = useLocation()
  const { pathname, search, state, href } = location
  const { __TSR_key: key = '' } = state as { __TSR_key?: string }
  const apps = useApps()
  const hasPanel = (appId: string, panelId: string) =>
    apps.some((app) => app.appId === appId && findPanel(app, panelId) !== undefined)
  return {
    ...readPath(pathname, hasPanel),
    path: pathname,
    search: search as Place['search'],
    state,
    key: `${href}#${key}`,
  }
}

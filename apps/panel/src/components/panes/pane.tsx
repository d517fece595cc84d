import { AppTile, IconButton } from '@imperal/ui-kit'
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { App, PanelSpec } from '../../data/apps.ts'
import { useStore } from '../../data/store.ts'
import { refreshByHand } from '../../data/workspace/run-action.ts'
import { setUnsaved } from '../../data/workspace/unsaved.ts'
import { workspace } from '../../data/workspace/workspace.ts'
import { LOCALE, t } from '../../i18n/index.ts'
import { AppIcon } from '../app-icon.tsx'
import { PaneBody } from './pane-body.tsx'
import { usePanelTimer } from './use-panel-timer.ts'

const PROGRESS_MS = 400
const scrolls = new Map<string, number>()
const CLOCK = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit', second: '2-digit' })

export interface PaneProps {
  readonly app: App
  readonly spec: PanelSpec
  /** In the place of icon and title, such as the tabs of a side. */
  readonly heading?: ReactNode
  readonly before?: ReactNode
  /** Buttons at the end of the head. */
  readonly buttons?: ReactNode
}

/** One panel with its head: what it is, when it was read, and the ways to read it again or put it away. */
export function Pane({ app, spec, heading, before, buttons }: PaneProps) {
  const body = useRef<HTMLDivElement>(null)
  const view = useStore(workspace, (all) => all.apps[app.appId]?.panels[spec.panelId])
  const [scrolled, setScrolled] = useState(false)
  usePanelTimer(app.appId, spec, body)
  const place = `${app.appId}/${spec.panelId}`
  useLayoutEffect(() => {
    // Coming back to an app finds its panes where they were left.
    if (body.current) body.current.scrollTop = scrolls.get(place) ?? 0
    return () => setUnsaved(app.appId, spec.panelId, false)
  }, [place, app.appId, spec.panelId])
  const edits = JSON.stringify([view?.params, view?.fetchedAt])
  // A new tree begins without edits.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says when the tree is another one
  useEffect(() => {
    if (body.current) body.current.dataset.edited = 'false'
  }, [edits])
  const read = view?.fetchedAt ? t('Refresh (read at {time})', { time: CLOCK.format(view.fetchedAt) }) : t('Refresh')
  return (
    <>
      <header className="pane-head" data-scrolled={scrolled}>
        {before}
        {heading ?? (
          <>
            <PanelIcon app={app} spec={spec} />
            <h2 tabIndex={-1} data-pane-title>
              {spec.title === spec.panelId ? app.name : spec.title}
            </h2>
          </>
        )}
        <span className="pane-buttons">
          <IconButton
            icon="RefreshCw"
            label={t('Refresh')}
            title={read}
            aria-busy={view?.fetching === true}
            onClick={() => refreshByHand(app, spec.panelId)}
          />
          {buttons}
        </span>
        <Progress active={view?.fetching === true && view.tree !== undefined} />
      </header>
      <div
        ref={body}
        className="pane-body"
        data-slot={spec.slot}
        onScroll={(event) => {
          const { scrollTop } = event.currentTarget
          scrolls.set(place, scrollTop)
          setScrolled(scrollTop > 0)
        }}
        onInput={(event) => {
          event.currentTarget.dataset.edited = 'true'
          if ((event.target as HTMLElement).closest('form')) setUnsaved(app.appId, spec.panelId, true)
        }}
      >
        <PaneBody key={spec.panelId} app={app} panelId={spec.panelId} view={view} />
      </div>
    </>
  )
}

/** The picture that the panel declares, a Lucide name or an emoji, on the tile of its app; else the app's own. */
function PanelIcon({ app, spec }: Pick<PaneProps, 'app' | 'spec'>) {
  return spec.icon === '' ? (
    <AppIcon app={app} />
  ) : (
    <AppTile appId={app.appId} name={app.name} icon={spec.icon} accent={app.ui.theme.accent_color} />
  )
}

/** A thin line while a pane that shows something is read again, only when that takes a while. */
function Progress({ active }: { readonly active: boolean }) {
  const [late, setLate] = useState(false)
  useEffect(() => {
    if (!active) return setLate(false)
    const timer = setTimeout(() => setLate(true), PROGRESS_MS)
    return () => clearTimeout(timer)
  }, [active])
  return late ? <span aria-hidden className="pane-progress" /> : null
}

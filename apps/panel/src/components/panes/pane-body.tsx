import { Button, EmptyState, ErrorState, Skeleton, type UiHost } from '@imperal/ui-kit'
import { useEffect, useMemo, useState } from 'react'
import type { App } from '../../data/apps.ts'
import { refreshByHand } from '../../data/workspace/run-action.ts'
import { isUnsaved, setUnsaved } from '../../data/workspace/unsaved.ts'
import { NEW_PANEL, type PanelView } from '../../data/workspace/workspace.ts'
import { t } from '../../i18n/index.ts'
import { UiTree } from '../lazy-parts.tsx'
import { NavLink } from '../nav-link.tsx'
import { useUiHost } from './use-ui-host.ts'

const SKELETON_MS = 150
const FORBIDDEN = new Set(['FORBIDDEN', 'KERNEL_APP_DENIED', 'KERNEL_APP_NOT_FOUND', 'PERMISSION_DENIED', 'NOT_FOUND'])

export interface PaneBodyProps {
  readonly app: App
  readonly panelId: string
  readonly view: PanelView | undefined
  readonly headingOffset?: number
}

/** The inside of a pane in each of its states (ui 5.9). */
export function PaneBody({ app, panelId, view = NEW_PANEL, headingOffset = 2 }: PaneBodyProps) {
  const host = useSavingHost(app, panelId)
  const retry = () => refreshByHand(app, panelId)
  if (view.tree === undefined) {
    if (view.failure && !view.fetching) return <PaneFailure app={app} view={view} onRetry={retry} />
    return <LateSkeleton />
  }
  return (
    <>
      {view.failure ? (
        <div className="pane-banner" role="alert">
          <span>
            {t('Could not refresh.')} {view.failure.message}
          </span>
          <Button size="sm" variant="ghost" pending={view.fetching} onClick={retry}>
            {t('Try again')}
          </Button>
        </div>
      ) : null}
      {view.newer && !view.failure ? (
        <div className="pane-banner">
          <span>{t('New data')}</span>
          <Button size="sm" variant="ghost" onClick={retry}>
            {t('Show it')}
          </Button>
        </div>
      ) : null}
      <UiTree
        node={view.tree}
        host={host}
        editKey={JSON.stringify(view.params)}
        openKey={String(view.opening)}
        headingOffset={headingOffset}
      />
    </>
  )
}

/** The host of the panel's tree; a form that was sent holds nothing unsaved any more. */
function useSavingHost(app: App, panelId: string): UiHost {
  const host = useUiHost(app)
  return useMemo(
    () => ({
      ...host,
      onAction: async (action, payload, origin) => {
        if (origin.kind !== 'form') return host.onAction(action, payload, origin)
        const wasUnsaved = isUnsaved(app.appId, panelId)
        let isSent = false
        // Before the answer, which may put another panel in the place of this one.
        setUnsaved(app.appId, panelId, false)
        try {
          const outcome = await host.onAction(action, payload, origin)
          isSent = outcome.ok
          return outcome
        } finally {
          if (!isSent && wasUnsaved) setUnsaved(app.appId, panelId, true)
        }
      },
    }),
    [host, app.appId, panelId],
  )
}

function PaneFailure({
  app,
  view,
  onRetry,
}: {
  readonly app: App
  readonly view: PanelView
  readonly onRetry: () => void
}) {
  const failure = view.failure
  if (failure?.code && FORBIDDEN.has(failure.code)) {
    return (
      <EmptyState icon="Ban" message={failure.message}>
        <NavLink className="im-link" href={`/marketplace/${app.appId}`}>
          {t('{name} in the marketplace', { name: app.name })}
        </NavLink>
      </EmptyState>
    )
  }
  return (
    <ErrorState
      message={failure?.message ?? t('This panel could not be read.')}
      code={failure?.code}
      pending={view.fetching}
      onRetry={onRetry}
    />
  )
}

/** Nothing for a moment, then bars: most panels are there before they would show. */
function LateSkeleton() {
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), SKELETON_MS)
    return () => clearTimeout(timer)
  }, [])
  return late ? <Skeleton rows={5} /> : <div aria-busy="true" />
}

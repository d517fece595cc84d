import { ErrorState, ToastRegion } from '@imperal/ui-kit'
import { useQuery } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import { appsQuery, useApps } from '../data/apps.ts'
import { failureOf } from '../data/failures.ts'
import { meQuery } from '../data/me.ts'
import { useStore } from '../data/store.ts'
import { toasts } from '../data/toasts.ts'
import { phoneView } from '../data/view.ts'
import { t } from '../i18n/index.ts'
import { AppsView } from './apps-view.tsx'
import { OfflineBanner } from './bar/live-dot.tsx'
import { TopBar } from './bar/top-bar.tsx'
import { BottomBar } from './bottom-bar.tsx'
import { ConfirmationDialog } from './confirmation-dialog.tsx'
import { LiveRegion } from './live-region.tsx'
import { NoSuchApp } from './no-such-app.tsx'
import { CommandPalette } from './palette/command-palette.tsx'
import { LeaveGuard } from './panes/leave-guard.tsx'
import { OverlayHost } from './panes/overlay-host.tsx'
import { useFollowPlace } from './panes/use-follow-place.ts'
import { Rail } from './rail.tsx'
import { useBrand } from './use-brand.ts'
import { useMedia } from './use-media.ts'
import { type Place, usePlace } from './use-place.ts'
import { usePreload } from './use-preload.ts'
import { useShellKeys } from './use-shell-keys.ts'
import { useShellLife } from './use-shell-life.ts'
import { useTitle } from './use-title.ts'
import { Workspace } from './workspace.tsx'

/** The frame around everything that a signed-in person sees. */
export function Shell() {
  const me = useQuery(meQuery)
  const apps = useQuery(appsQuery)
  useShellLife(me.data)
  useBrand(me.data)
  useShellKeys()
  const failure = (me.data ? null : me.error) ?? (apps.data ? null : apps.error)
  if (failure) {
    return (
      <main className="shell-wait">
        <ErrorState
          title={t('Imperal cannot be reached')}
          message={failureOf(failure).message}
          code={failureOf(failure).code}
          pending={me.isFetching || apps.isFetching}
          onRetry={() => {
            void me.refetch()
            void apps.refetch()
          }}
        />
      </main>
    )
  }
  return <Frame ready={me.data !== undefined && apps.data !== undefined} />
}

function Frame({ ready }: { readonly ready: boolean }) {
  const place = usePlace()
  const isPhone = useMedia('(max-width: 767px)')
  const app = useApps().find((one) => one.appId === place.appId)
  const inWorkspace = place.kind === 'workspace'
  useFollowPlace(place, ready, app?.revision)
  usePreload(place, ready)
  useTitle(inWorkspace ? (app?.name ?? t('Assistant')) : null)
  return (
    <div className="shell">
      <a className="skip" href="#composer">
        {t('Skip to the message field')}
      </a>
      <TopBar path={place.path} inWorkspace={inWorkspace} />
      <OfflineBanner />
      <div className="shell-body">
        {isPhone ? null : <Rail current={inWorkspace ? place.appId : (place.appId ?? undefined)} />}
        {ready ? <Body place={place} isPhone={isPhone} /> : <div className="center" aria-busy="true" />}
      </div>
      {isPhone ? <BottomBar place={place} /> : null}
      <ConfirmationDialog />
      <OverlayHost />
      <LeaveGuard />
      <CommandPalette />
      <ToastRegion toasts={toasts} />
      <LiveRegion />
    </div>
  )
}

function Body({ place, isPhone }: { readonly place: Place; readonly isPhone: boolean }) {
  const view = useStore(phoneView)
  const app = useApps().find((one) => one.appId === place.appId)
  const isPage = place.kind === 'page'
  const listsApps = isPhone && view === 'apps'
  const isMissing = !isPage && place.appId !== null && (app === undefined || app.isDisabled || !app.hasAccess)
  return (
    <>
      {listsApps ? <AppsView current={isPage ? undefined : place.appId} /> : null}
      {isPage && !listsApps ? (
        <main className="page-area">
          <Outlet />
        </main>
      ) : null}
      {isMissing && !listsApps ? <NoSuchApp appId={place.appId ?? ''} app={app} /> : null}
      <Workspace app={isMissing ? undefined : app} hidden={isPage || listsApps || isMissing} />
    </>
  )
}

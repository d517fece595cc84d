import { type App, findPanel } from '../data/apps.ts'
import { useStore } from '../data/store.ts'
import { phoneView } from '../data/view.ts'
import { type AppView, workspace } from '../data/workspace/workspace.ts'
import { t } from '../i18n/index.ts'
import { ChatPane } from './lazy-parts.tsx'
import { CenterPane } from './panes/center-pane.tsx'
import { PhonePanel } from './panes/phone-panel.tsx'
import { RightHandle, SideColumn, SideHandle } from './panes/side-column.tsx'
import { useSide } from './panes/use-side.ts'
import { useWindowWidth } from './panes/use-window-width.ts'
import { useMedia } from './use-media.ts'

// Below these widths in pixels the columns do not fit beside each other any more.
const DRAWER_BELOW = 1024
const DRAWER_BELOW_WITH_CENTER = 1500
const COVER_BELOW = 1180

/** The panes of the current app around the chat. It stays mounted while pages of the host cover it. */
export function Workspace({ app, hidden }: { readonly app: App | undefined; readonly hidden: boolean }) {
  const view = useStore(workspace, (all) => (app ? all.apps[app.appId] : undefined))
  const isPhone = useMedia('(max-width: 767px)')
  return (
    <div className="workspace" hidden={hidden}>
      {isPhone ? <Phone app={app} view={view} /> : <Columns app={app} view={view} />}
    </div>
  )
}

interface PanesProps {
  readonly app: App | undefined
  readonly view: AppView | undefined
}

function Columns({ app, view }: PanesProps) {
  const left = useSide(app, view, 'left')
  const right = useSide(app, view, 'right')
  const width = useWindowWidth()
  const center = app && view?.center ? findPanel(app, view.center) : undefined
  const asDrawer = width < (center ? DRAWER_BELOW_WITH_CENTER : DRAWER_BELOW)
  const covers = center !== undefined && width < COVER_BELOW
  const handles = {
    left: <SideHandle app={app} state={left} side="left" />,
    right: <RightHandle app={app} view={view} state={right} asDrawer={asDrawer} />,
  }
  const isColumn = app !== undefined && view !== undefined
  return (
    <>
      {isColumn && left.present && left.shown ? <SideColumn app={app} view={view} side="left" state={left} /> : null}
      <main className="center" data-covered={covers}>
        <h1 className="im-hidden">{app?.name ?? t('Assistant')}</h1>
        {app && center ? <CenterPane app={app} spec={center} covers={covers} handles={handles} /> : null}
        <ChatPane app={app} hidden={covers} handles={center ? null : handles} />
      </main>
      {isColumn && right.present && right.shown && !asDrawer ? (
        <SideColumn app={app} view={view} side="right" state={right} />
      ) : null}
    </>
  )
}

function Phone({ app, view }: PanesProps) {
  const shown = useStore(phoneView)
  const center = app && view?.center ? findPanel(app, view.center) : undefined
  return (
    <main className="center">
      <h1 className="im-hidden">{app?.name ?? t('Assistant')}</h1>
      {shown === 'panel' && app && view ? <PhonePanel app={app} view={view} center={center} /> : null}
      <ChatPane app={app} hidden={shown !== 'chat'} handles={null} />
    </main>
  )
}

import { IconButton, SlideOver } from '@imperal/ui-kit'
import { useEffect, useState } from 'react'
import type { App } from '../../data/apps.ts'
import type { AppView, Side } from '../../data/workspace/workspace.ts'
import { t } from '../../i18n/index.ts'
import { Separator } from './separator.tsx'
import { fold, SidePane } from './side-pane.tsx'
import type { SideState } from './use-side.ts'

export interface SideProps {
  readonly app: App
  readonly view: AppView
  readonly side: Side
  readonly state: SideState
}

/** A side of the workspace as a column whose width the person sets. */
export function SideColumn({ app, view, side, state }: SideProps) {
  return (
    <div className="side" data-side={side} style={{ width: state.width, minWidth: state.min }}>
      <SidePane
        app={app}
        view={view}
        side={side}
        edge={
          <Separator
            label={state.label}
            side={side}
            width={state.width}
            min={state.min}
            max={state.max}
            onWidth={state.setWidth}
          />
        }
      />
    </div>
  )
}

interface HandleProps {
  readonly app: App | undefined
  readonly state: SideState
  readonly side: Side
}

/** How the button that opens a side looks and what it is called. */
function faceOf(app: App, state: SideState, side: Side): { readonly icon: string; readonly label: string } {
  if (state.isSecrets) return { icon: 'KeyRound', label: t('Secrets of {name}', { name: app.name }) }
  return {
    icon: side === 'left' ? 'PanelLeft' : 'PanelRight',
    label: side === 'left' ? t('Show the left panel') : t('Show the right panel'),
  }
}

/** Brings a folded side back. */
export function SideHandle({ app, state, side }: HandleProps) {
  if (!app || !state.present || state.shown) return null
  return <IconButton {...faceOf(app, state, side)} onClick={() => fold(app, side, false)} />
}

export interface RightHandleProps {
  readonly app: App | undefined
  readonly view: AppView | undefined
  readonly state: SideState
  /** There is no room for a column. */
  readonly asDrawer: boolean
}

/** Opens the right side: its column, or where there is no room for one a drawer. */
export function RightHandle({ app, view, state, asDrawer }: RightHandleProps) {
  const [open, setOpen] = useState(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another app closes the drawer of the one before
  useEffect(() => setOpen(false), [app?.appId, asDrawer])
  if (!asDrawer || !app || !view || !state.present) return <SideHandle app={app} state={state} side="right" />
  return (
    <>
      <IconButton {...faceOf(app, state, 'right')} onClick={() => setOpen(true)} />
      <SlideOver open={open} onOpenChange={setOpen} title={app.name} width="md">
        <div className="drawer">
          <SidePane app={app} view={view} side="right" inDrawer />
        </div>
      </SlideOver>
    </>
  )
}

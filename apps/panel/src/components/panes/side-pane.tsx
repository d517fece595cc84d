import { IconButton } from '@imperal/ui-kit'
import type { ReactNode } from 'react'
import { type App, findPanel, SECRETS_PANEL } from '../../data/apps.ts'
import { foldSide } from '../../data/layout.ts'
import { showSide } from '../../data/workspace/open-app.ts'
import {
  type AppView,
  changeApp,
  hasSecretsKey,
  panelsOfSide,
  type Side,
  touch,
} from '../../data/workspace/workspace.ts'
import { t } from '../../i18n/index.ts'
import { Pane } from './pane.tsx'
import { SideTabs } from './side-tabs.tsx'

export interface SidePaneProps {
  readonly app: App
  readonly view: AppView
  readonly side: Side
  /** The drawer closes it; a column folds away. */
  readonly inDrawer?: boolean
  /** The separator between this pane and its neighbour. */
  readonly edge?: ReactNode
}

/** Puts a side away; what it shows stays in memory. */
export function fold(app: App, side: Side, folded: boolean): void {
  touch(app.appId)
  foldSide(`${app.appId}/${side}`, folded)
  if (!folded) changeApp(app.appId, (view) => ({ ...view, unclaimed: { ...view.unclaimed, [side]: false } }))
}

/** The column of one side: its panel, tabs when there are several, and the key to the secrets. */
export function SidePane({ app, view, side, inDrawer = false, edge }: SidePaneProps) {
  const panels = panelsOfSide(app, side)
  const active = view.active[side]
  const spec = active === null ? undefined : findPanel(app, active)
  if (!spec) return null
  const isSecrets = spec.panelId === SECRETS_PANEL
  return (
    <section
      className="pane"
      aria-label={
        side === 'left' ? t('{name}, left panel', { name: app.name }) : t('{name}, right panel', { name: app.name })
      }
      data-pane={side}
      tabIndex={-1}
    >
      <Pane
        key={spec.panelId}
        app={app}
        spec={spec}
        heading={
          panels.length > 1 && !isSecrets ? (
            <SideTabs
              app={app}
              panels={panels}
              active={spec.panelId}
              label={t('Panels of {name}', { name: app.name })}
            />
          ) : undefined
        }
        buttons={
          <>
            {side === 'right' && hasSecretsKey(app) ? (
              <IconButton
                icon="KeyRound"
                label={isSecrets ? t('Back from the secrets') : t('Secrets of {name}', { name: app.name })}
                aria-pressed={isSecrets}
                onClick={() => showSide(app, isSecrets ? (panels[0]?.panelId ?? SECRETS_PANEL) : SECRETS_PANEL, null)}
              />
            ) : null}
            {inDrawer ? null : (
              <IconButton
                icon={side === 'left' ? 'PanelLeftClose' : 'PanelRightClose'}
                label={side === 'left' ? t('Hide the left panel') : t('Hide the right panel')}
                onClick={() => fold(app, side, true)}
              />
            )}
          </>
        }
      />
      {edge}
    </section>
  )
}
